//! Evaluation of a model's answers.

use candling_bindings::Result;
use candling_core::{Error, Region};
use wasm_bindgen::prelude::*;

/// The share of a map's evidence that lies in a region, 0 to 1 (energy-based pointing game); nothing for a
/// map without evidence. `mask` is 1 inside and 0 outside, row by row, `mask_height × mask_width` values, and
/// `view` is the part of it that the network saw: left, top, width and height.
///
/// # Errors
/// `bad-shape`, `bad-argument`.
#[wasm_bindgen(js_name = evidenceShare)]
pub fn evidence_share(
    map: &[f32],
    height: usize,
    width: usize,
    mask: &[u8],
    mask_height: usize,
    mask_width: usize,
    view: &[f64],
) -> Result<Option<f64>> {
    let &[left, top, across, down] = view else {
        return Err(Error::BadArgument("view: it is left, top, width and height".into()).into());
    };
    let region = Region { size: (mask_height, mask_width), mask };
    Ok(candling_core::evidence_share(map, (height, width), region, (top, down), (left, across))?)
}

/// A mean with its confidence interval.
#[wasm_bindgen]
pub struct Mean(candling_audit::Mean);

#[wasm_bindgen]
impl Mean {
    /// The mean.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.0.mean
    }

    /// Number of values.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.count
    }

    /// Lower and upper bound; nothing if there is no interval.
    #[must_use]
    pub fn interval(&self) -> Option<Vec<f64>> {
        self.0.interval.map(Vec::from)
    }

    /// The text for reports.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.words()
    }
}

/// The share of right answers; nothing without answers.
#[wasm_bindgen(js_name = meanOfAnswers)]
#[must_use]
pub fn mean_of_answers(right: usize, of: usize) -> Option<Mean> {
    candling_audit::Mean::of_answers(right, of).map(Mean)
}

/// The mean of shares of evidence; nothing without values.
#[wasm_bindgen(js_name = meanOfShares)]
#[must_use]
pub fn mean_of_shares(values: &[f64], seed: u32) -> Option<Mean> {
    candling_audit::Mean::of_shares(values, u64::from(seed)).map(Mean)
}

/// The explanations of the intervals, in sentences.
#[wasm_bindgen(js_name = intervalWords)]
#[must_use]
pub fn interval_words() -> Vec<String> {
    [candling_audit::WILSON, candling_audit::BOOTSTRAP, candling_audit::TOO_FEW].map(String::from).into()
}
