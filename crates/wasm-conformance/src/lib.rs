//! The conformance suite and the golden network, run by a page on the browser's WebGPU. `tests/e2e/conformance.test.mjs` opens that page.
//!
//! Test code: what does not hold is a panic, whose message goes to the console before the trap.
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
    conformance::index_maps(&card().await).await;
}

/// What must be refused or kept.
#[wasm_bindgen]
pub async fn edges() {
    conformance::edges(&card().await).await;
}

/// A model on the card.
#[wasm_bindgen]
pub struct Lite0(Arc<Network<WebGpu>>);

#[wasm_bindgen]
impl Lite0 {
    /// From a model file's bytes.
    // A page has one thread; `Network` is shared by `Arc` for the backends that have more.
    #[allow(clippy::arc_with_non_send_sync)]
    pub async fn create(model: Vec<u8>) -> Lite0 {
        let model = Model::from_bytes(&model).expect("a model");
        Self(Arc::new(Network::new(card().await, model.graph, &model.weights).expect("its weights")))
    }

    /// Everything about one golden picture and class, from its input, the class that its margin is held against, and the bytes of its
    /// golden file. The largest errors: of logits, of CAMs at the last layer, of those before it, of pixel maps.
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

async fn card() -> WebGpu {
    WebGpu::new().await.expect("an adapter")
}
