//! Live streams: each frame is explained once, so it keeps no more than that needs.

use candling_core::Retain;
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Prepared};
use crate::run::Run;
use candling_bindings::Result;

#[wasm_bindgen]
impl Engine {
    /// Runs one forward pass that keeps what CAMs at one layer need, by default the default layer. Any class
    /// can be explained afterwards; other layers and backward passes to the pixels are refused as
    /// `not-retained`.
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
