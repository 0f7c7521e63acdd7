//! A live stream: each frame is asked one question, so a frame keeps no more than that needs.

use candling_core::Retain;
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Prepared};
use crate::run::Run;
use candling_bindings::Result;

#[wasm_bindgen]
impl Engine {
    /// One forward pass that keeps what CAMs at one layer need, the model's own choice without a name. Any class can be
    /// asked afterwards; other layers, and walks to the pixels, are refused as `not-retained`.
    ///
    /// # Errors
    /// `unknown-layer`, `bad-shape`, `not-finite`.
    #[wasm_bindgen(js_name = forwardTo)]
    pub fn forward_to(&self, input: &Prepared, layer: Option<String>) -> Result<Run> {
        let layer = match layer {
            Some(name) => self.network.graph().find(&name)?,
            None => self.model.default_layer(),
        };
        self.run(input, Retain::Layers(&[layer]), layer)
    }
}
