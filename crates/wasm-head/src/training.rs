//! Training.

use std::ops::ControlFlow;

use candling_bindings::Result;
use candling_head::{Examples, Settings, Step};
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// A linear layer that was trained.
#[wasm_bindgen]
pub struct Head(candling_head::Head);

/// Trains a head on `labels.len() × width` features, photo after photo. `watch` is told after every step: how many are done, of how many,
/// the loss, and the share of examples that were right. What it throws ends the training.
///
/// # Errors
/// `bad-shape`, `too-few-classes`, `unknown-class`, `empty-class`, `not-finite`; `aborted` where `watch` threw.
#[wasm_bindgen]
pub fn train(
    features: Vec<f32>,
    labels: Vec<u32>,
    classes: usize,
    width: usize,
    watch: &Function,
) -> Result<Head> {
    let settings = Settings::default();
    let tell = |Step { step, loss, accuracy }| {
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

    /// One a class.
    #[must_use]
    pub fn bias(&self) -> Vec<f32> {
        self.0.bias.clone()
    }

    /// One score a class, of the features of one photo.
    ///
    /// # Errors
    /// `bad-shape`.
    pub fn logits(&self, features: &[f32]) -> Result<Vec<f32>> {
        Ok(self.0.logits(features)?)
    }
}

/// For each example 1 if it is held out, by which to judge a head, and 0 if it is learnt from; see `candling_head::split`.
#[wasm_bindgen]
#[must_use]
pub fn split(labels: &[u32], share: f64, seed: u32) -> Vec<u8> {
    candling_head::split(labels, share, u64::from(seed)).into_iter().map(u8::from).collect()
}
