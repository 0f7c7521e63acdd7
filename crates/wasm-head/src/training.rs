//! Training of a head.

use std::ops::ControlFlow;

use candling_bindings::Result;
use candling_head::{Examples, Settings, TrainingStep};
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// A trained linear layer.
#[wasm_bindgen]
pub struct Head(candling_head::Head);

/// Trains a head on `labels.len() × width` features, photo after photo. `watch` is called after every step
/// with the number of steps done, the number of all steps, the loss, and the training accuracy. An exception
/// that it throws ends the training.
///
/// # Errors
/// `bad-shape`, `too-few-classes`, `unknown-class`, `empty-class`, `not-finite`; `aborted` if `watch` threw.
#[wasm_bindgen]
pub fn train(
    features: Vec<f32>,
    labels: Vec<u32>,
    classes: usize,
    width: usize,
    watch: &Function,
) -> Result<Head> {
    let settings = Settings::default();
    let tell = |TrainingStep { step, loss, accuracy }| {
        let told = [step as f64, settings.steps as f64, f64::from(loss), f64::from(accuracy)];
        let told =
            watch.call4(&JsValue::NULL, &told[0].into(), &told[1].into(), &told[2].into(), &told[3].into());
        if told.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let examples = Examples::new(features, labels, classes, width)?;
    Ok(Head(candling_head::train(&examples, settings, tell)?))
}

#[wasm_bindgen]
impl Head {
    /// `classes × width` values, class after class.
    #[must_use]
    pub fn weight(&self) -> Vec<f32> {
        self.0.weight.clone()
    }

    /// One value per class.
    #[must_use]
    pub fn bias(&self) -> Vec<f32> {
        self.0.bias.clone()
    }

    /// Returns the logits of one photo, one per class, from its features.
    ///
    /// # Errors
    /// `bad-shape`.
    pub fn logits(&self, features: &[f32]) -> Result<Vec<f32>> {
        Ok(self.0.logits(features)?)
    }
}

/// Returns for each example 1 if it is held out for evaluation and 0 if it is trained on; see
/// `candling_head::split`.
#[wasm_bindgen]
#[must_use]
pub fn split(labels: &[u32], share: f64, seed: u32) -> Vec<u8> {
    candling_head::split(labels, share, u64::from(seed)).into_iter().map(u8::from).collect()
}
