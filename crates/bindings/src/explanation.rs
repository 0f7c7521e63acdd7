//! Raw maps.

use candling_core::{Attribution, Graph};
use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

/// A raw attribution map.
#[wasm_bindgen]
pub struct Explanation {
    attribution: Attribution,
    layer: Option<String>,
}

impl Explanation {
    /// Creates a map with its layer's name.
    #[must_use]
    pub fn new(attribution: Attribution, graph: &Graph) -> Self {
        let layer = attribution.layer.map(|id| graph.node(id).name.clone());
        Self { attribution, layer }
    }

    /// Creates a map without a layer.
    #[must_use]
    pub const fn unlayered(attribution: Attribution) -> Self {
        Self { attribution, layer: None }
    }
}

#[wasm_bindgen]
impl Explanation {
    /// The values, row-major `channels × height × width`.
    #[must_use]
    pub fn data(&self) -> Float32Array {
        Float32Array::from(self.attribution.data.as_slice())
    }

    /// Number of channels: 1 for CAM methods, 3 for pixel methods.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn channels(&self) -> usize {
        self.attribution.shape.c
    }

    /// Number of rows.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn height(&self) -> usize {
        self.attribution.shape.h
    }

    /// Number of columns.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn width(&self) -> usize {
        self.attribution.shape.w
    }

    /// The largest value; 0 in a CAM means that there is no positive evidence.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn max(&self) -> f32 {
        self.attribution.max()
    }

    /// The area of the input that the map covers: left, top, width, height, in pixels of the input.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn area(&self) -> Vec<f64> {
        self.attribution.area.to_vec()
    }

    /// The layer of the map, if the method takes one.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn layer(&self) -> Option<String> {
        self.layer.clone()
    }
}
