//! The conformance suite and the golden network, run by a page on the browser's WebGPU.
//! `tests/e2e/conformance.test.mjs` opens that page.
//!
//! Test code: a failed check is a panic, whose message goes to the console before the trap.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use candling_core::Network;
use candling_models::Model;
use candling_testkit::golden_network::{Check, Errors};
use candling_testkit::{conformance, golden};
use candling_webgpu::WebGpu;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(message: &str);
}

/// Installs a hook that prints panics to the console.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

/// Checks every golden op, from the bytes of `ops.json` and `ops.safetensors`; returns the number of cases.
#[wasm_bindgen]
pub async fn goldens(list: Vec<u8>, tensors: Vec<u8>) -> usize {
    let cases = golden::op_cases_of(&list, &tensors);
    let count = cases.0.len();
    conformance::goldens(&gpu().await, cases).await;
    count
}

/// Checks that convolutions agree with the reference and that their vjp is their adjoint.
#[wasm_bindgen]
pub async fn convolutions(cases: u32) {
    conformance::random_convolutions(&gpu().await, cases).await;
}

/// Checks all other ops against the reference.
#[wasm_bindgen]
pub async fn ops() {
    conformance::random_ops(&gpu().await).await;
    conformance::index_maps(&gpu().await).await;
}

/// Checks edge cases: what must be refused, and what must survive.
#[wasm_bindgen]
pub async fn edges() {
    conformance::edges(&gpu().await).await;
}

/// A model on the GPU.
#[wasm_bindgen]
pub struct Lite0(Arc<Network<WebGpu>>);

#[wasm_bindgen]
impl Lite0 {
    /// Creates the model from the bytes of its file.
    // A page has one thread; `Network` is shared by `Arc` for the backends that have more.
    #[allow(clippy::arc_with_non_send_sync)]
    pub async fn create(model: Vec<u8>) -> Lite0 {
        let model = Model::from_bytes(&model).expect("a model");
        Self(Arc::new(
            Network::new(gpu().await, model.graph().clone(), model.weights()).expect("its weights"),
        ))
    }

    /// Compares one golden picture and class, given its input, the class that its margin is over, and the
    /// bytes of its golden file. Returns the largest errors: of logits, of CAMs at the last layer, of CAMs at
    /// earlier layers, of pixel maps.
    pub async fn case(
        &self,
        name: String,
        input: Vec<f32>,
        class: u32,
        over: u32,
        golden: Vec<u8>,
    ) -> Vec<f64> {
        let mut check = Check::new(&self.0, Errors::ROUNDED_ONCE);
        check.case(&name, &input, class, over, golden::case_of(&golden)).await;
        let Errors { logits, cam_at_head, cam_before, gradient } = check.largest();
        vec![logits, cam_at_head, cam_before, gradient]
    }
}

async fn gpu() -> WebGpu {
    WebGpu::new().await.expect("an adapter")
}
