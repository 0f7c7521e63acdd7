//! The plain objects passed to JavaScript; `web/src/candling_wasm.d.ts` declares their types.

use serde::Serialize;
use wasm_bindgen::prelude::JsValue;

use candling_bindings::{Result, Thrown};

#[derive(Serialize)]
pub struct Header {
    pub format: &'static str,
    pub width: u32,
    pub height: u32,
}

#[derive(Serialize)]
pub struct Layer<'a> {
    pub name: &'a str,
    pub op: &'a str,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

#[derive(Serialize)]
pub struct Block<'a> {
    pub layers: Vec<&'a str>,
    pub merges: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info<'a> {
    pub name: &'a str,
    pub licence: &'a str,
    pub origin: &'a str,
    pub input_width: usize,
    pub input_height: usize,
    pub mean: [f32; 3],
    pub std: [f32; 3],
    pub neutral: [u8; 3],
    pub default_layer: &'a str,
    pub evidence_layer: &'a str,
    pub classes: usize,
    pub layers: Vec<Layer<'a>>,
    pub blocks: Vec<Block<'a>>,
    pub weighted: Vec<&'a str>,
    pub methods: Vec<Method>,
}

/// The properties of a method.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    pub name: &'static str,
    pub layer: bool,
    pub pixels: bool,
    pub signed: bool,
    pub counterfactual: bool,
    pub passes: bool,
    pub options: Vec<&'static str>,
}

impl Method {
    /// The properties of every method.
    pub fn all() -> Vec<Self> {
        candling_core::Method::ALL.into_iter().map(Self::of).collect()
    }

    fn of(method: candling_core::Method) -> Self {
        let definition = method.definition();
        Self {
            name: method.name(),
            layer: method.chooses_layer(),
            pixels: definition.pixels,
            signed: definition.signed,
            counterfactual: method.has_counterfactual(),
            passes: method.is_many_passes(),
            options: definition.options.iter().map(|choice| choice.name).collect(),
        }
    }
}

#[derive(Serialize)]
pub struct LayerTime<'a> {
    pub name: &'a str,
    pub op: &'a str,
    pub forward: f64,
    pub backward: f64,
}

#[derive(Serialize)]
pub struct Prediction<'a> {
    pub index: u32,
    pub label: &'a str,
    pub logit: f32,
    pub probability: f32,
}

#[derive(Serialize)]
pub struct Curve<'a> {
    pub shares: &'a [f32],
    pub probabilities: &'a [f32],
    pub area: f32,
}

#[derive(Serialize)]
pub struct Compared<'a> {
    pub map: Curve<'a>,
    pub random: Curve<'a>,
}

#[derive(Serialize)]
pub struct Traced<'a> {
    pub deletion: Compared<'a>,
    pub insertion: Compared<'a>,
}

#[derive(Serialize)]
pub struct Identity<'a> {
    pub name: &'a str,
    pub residual: f64,
    pub bound: f64,
    pub layer: Option<&'a str>,
}

#[derive(Serialize)]
pub struct View {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Converts to a plain object.
pub fn object(value: &impl Serialize) -> Result<JsValue> {
    let failed = |e: &dyn std::fmt::Display| Thrown::new("internal", &format!("json: {e}"));
    let text = serde_json::to_string(value).map_err(|e| failed(&e))?;
    js_sys::JSON::parse(&text).map_err(|_| failed(&"refused by the browser"))
}
