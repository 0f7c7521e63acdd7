//! The plain objects that cross the boundary, and their TypeScript.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use candling_bindings::{Result, Thrown};

#[wasm_bindgen(typescript_custom_section)]
const TYPESCRIPT: &str = r#"
/** A picture file's format and size, read from its header. */
export interface Header { format: string; width: number; height: number }
/** One layer: its name, op, and output shape for one picture. */
export interface Layer { name: string; op: string; channels: number; height: number; width: number }
/** What a model says about itself. */
export interface Info {
    name: string; licence: string; origin: string;
    inputWidth: number; inputHeight: number; defaultLayer: string; evidenceLayer: string; classes: number; layers: Layer[]; weighted: string[];
}
/** Milliseconds of one layer, forward and on Guided Backpropagation's way back. */
export interface LayerTime { name: string; op: string; forward: number; backward: number }
/** A class with its logit and softmax probability. */
export interface Prediction { index: number; label: string; logit: number; probability: number }
/** A probability over the share of the picture that was taken away or given back. */
export interface Curve { shares: number[]; probabilities: number[]; area: number }
/** A curve in a map's order, and the mean of those in random ones. */
export interface Compared { map: Curve; random: Curve }
/** Both experiments. */
export interface Traced { deletion: Compared; insertion: Compared }
/** How far two ways to one result are apart, what rounding keeps it below, and the layer where it is most. */
export interface Identity { name: string; residual: number | null; bound: number; layer: string | null }
/** A part of the photo, in its pixels. */
export interface View { x: number; y: number; width: number; height: number }
"#;

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
#[serde(rename_all = "camelCase")]
pub struct Info<'a> {
    pub name: &'a str,
    pub licence: &'a str,
    pub origin: &'a str,
    pub input_width: usize,
    pub input_height: usize,
    pub default_layer: &'a str,
    pub evidence_layer: &'a str,
    pub classes: usize,
    pub layers: Vec<Layer<'a>>,
    pub weighted: Vec<&'a str>,
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

/// A plain object.
pub fn object(value: &impl Serialize) -> Result<JsValue> {
    let failed = |e: &dyn std::fmt::Display| Thrown::new("internal", &format!("json: {e}"));
    let text = serde_json::to_string(value).map_err(|e| failed(&e))?;
    js_sys::JSON::parse(&text).map_err(|_| failed(&"refused by the browser"))
}
