//! The conformance suite, run by a page on the browser's WebGPU. `tests/e2e/conformance.test.mjs` opens that page.
//!
//! Test code: what does not hold is a panic, whose message goes to the console before the trap.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use candling_testkit::{conformance, golden};
use candling_webgpu::WebGpu;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(message: &str);
}

/// Tells panics.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

/// Every golden op, from the bytes of `ops.json` and `ops.safetensors`; the number of cases.
#[wasm_bindgen]
pub async fn goldens(list: Vec<u8>, tensors: Vec<u8>) -> usize {
    let cases = golden::op_cases_of(&list, &tensors);
    let count = cases.0.len();
    conformance::goldens(&card().await, cases).await;
    count
}

/// Convolutions against the reference, and adjoint.
#[wasm_bindgen]
pub async fn convolutions(cases: u32) {
    conformance::random_convolutions(&card().await, cases).await;
}

/// All other ops against the reference.
#[wasm_bindgen]
pub async fn ops() {
    conformance::random_ops(&card().await).await;
}

/// What must be refused or kept.
#[wasm_bindgen]
pub async fn edges() {
    conformance::edges(&card().await).await;
}

async fn card() -> WebGpu {
    WebGpu::new().await.expect("an adapter")
}
