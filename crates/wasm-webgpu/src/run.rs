//! One forward pass, and its explanations.

use candling_bindings::{Explanation, Result, question, target_of};
use candling_core::{NodeId, Tape};
use candling_webgpu::WebGpu;
use wasm_bindgen::prelude::*;

/// A recorded forward pass; its activations are on the GPU.
#[wasm_bindgen]
pub struct Run {
    tape: Tape<WebGpu>,
    logits: Vec<f32>,
    default_layer: NodeId,
}

impl Run {
    pub(crate) async fn new(tape: Tape<WebGpu>, default_layer: NodeId) -> candling_core::Result<Self> {
        let logits = tape.logits().await?;
        Ok(Self { tape, logits, default_layer })
    }
}

#[wasm_bindgen]
impl Run {
    /// The logits, by class.
    #[must_use]
    pub fn logits(&self) -> Vec<f32> {
        self.logits.clone()
    }

    /// Explains the run; `over` makes the target a margin; without `layer` the default layer is used.
    ///
    /// # Errors
    /// `bad-argument`, `unknown-class`, `unknown-layer`, `not-retained`, `not-finite`, `backend-lost`.
    pub async fn explain(
        &self,
        method: String,
        target: u32,
        over: Option<u32>,
        layer: Option<String>,
        counterfactual: bool,
    ) -> Result<Explanation> {
        let graph = self.tape.graph();
        let target = target_of(target, over);
        let query = question(graph, self.default_layer, &method, target, layer.as_deref(), counterfactual)?;
        Ok(Explanation::new(self.tape.explain(&query).await?, graph))
    }
}
