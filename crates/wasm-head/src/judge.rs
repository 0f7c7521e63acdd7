//! What a model's answers come to.

use candling_bindings::Result;
use candling_core::{Error, Region};
use wasm_bindgen::prelude::*;

/// The share of a map's evidence that lies in a region, 0 to 1; nothing for a map without evidence. `mask` is 1 inside and 0 outside, row by
/// row, `mask_height × mask_width` values, and `view` is the part of it that the network saw: left, top, width and height.
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

/// The interval in which the mean of these values lies in 95 of 100 such sets, low and high; nothing for no values.
#[wasm_bindgen]
#[must_use]
pub fn interval(values: &[f64], seed: u32) -> Option<Vec<f64>> {
    candling_head::bootstrap::interval(values, u64::from(seed)).map(Vec::from)
}
