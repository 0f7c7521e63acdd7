//! Model files with another head.

use candling_bindings::Result;
use candling_models::Model;
use wasm_bindgen::prelude::*;

/// Returns the model file of the same backbone with this head and these labels; its name is made of `name`
/// and that of the network.
///
/// # Errors
/// `bad-model`.
#[wasm_bindgen(js_name = withHead)]
pub fn with_head(
    model: &[u8],
    name: &str,
    labels: Vec<String>,
    weight: &[f32],
    bias: &[f32],
) -> Result<Vec<u8>> {
    Ok(Model::from_bytes(model)?.with_head(name, labels, weight, bias)?.to_bytes()?)
}
