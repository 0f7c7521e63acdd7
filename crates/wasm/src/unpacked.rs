//! A model for the GPU module, which does not read files.

use candling_bindings::{Result, wire};
use candling_models::Model;
use wasm_bindgen::prelude::*;

/// A model's graph and weights.
#[wasm_bindgen]
pub struct Unpacked {
    graph: Vec<u8>,
    weights: Vec<f32>,
}

#[wasm_bindgen]
impl Unpacked {
    /// Reads and checks a model file.
    ///
    /// # Errors
    /// `bad-model`, and the code of a layer that does not fit.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Unpacked> {
        let model = Model::from_bytes(model)?;
        Ok(Self {
            weights: wire::flatten(model.graph(), model.weights()),
            graph: wire::encode(model.graph(), model.default_layer()),
        })
    }

    /// The serialised layers.
    #[must_use]
    pub fn graph(&self) -> Vec<u8> {
        self.graph.clone()
    }

    /// All weights, concatenated; empty the second time.
    #[must_use]
    pub fn weights(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.weights)
    }
}
