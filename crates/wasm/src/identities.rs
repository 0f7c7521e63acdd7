//! The engine's self-test.

use candling_cpu::on_threads;
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::run::Run;
use crate::types::{Identity, object};
use candling_bindings::{Result, target_of};

#[wasm_bindgen]
impl Run {
    /// Checks the exact identities that apply to the model, on this run; `over` makes the target a margin. A
    /// residual that is NaN becomes `null`.
    ///
    /// # Errors
    /// `unknown-class`, `bad-argument`, `not-retained`, `not-finite`.
    pub fn identities(&self, target: u32, over: Option<u32>) -> Result<JsValue> {
        let graph = self.tape.graph();
        let target = target_of(target, over);
        let found = on_threads(|| block_on(self.tape.identities(&self.trained, target)))?;
        let identities: Vec<Identity<'_>> = found
            .iter()
            .map(|i| Identity {
                name: i.name,
                residual: i.residual,
                bound: i.bound,
                layer: i.layer.map(|id| graph.node(id).name.as_str()),
            })
            .collect();
        object(&identities)
    }
}
