//! Occlusion maps in parts, so that several workers can share one and be stopped between two of them.

use std::sync::Arc;

use candling_core::{Occluder, Shape};
use candling_cpu::{Cpu, on_threads};
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Prepared};
use crate::run::Run;
use candling_bindings::{Result, target_of};

/// What is laid over the picture: the side of the patch and the step, in pixels of the input, and the value under it.
#[wasm_bindgen]
pub struct Occlusion(candling_core::Occlusion);

#[wasm_bindgen]
impl Occlusion {
    /// Any values; those that an input cannot take are refused with it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(patch: usize, stride: usize, baseline: f32) -> Self {
        Self(candling_core::Occlusion { patch, stride, baseline })
    }

    /// Rows and columns of the map of an input of this size.
    ///
    /// # Errors
    /// `bad-argument` for a patch, a step or a baseline that does not fit.
    pub fn grid(&self, height: usize, width: usize) -> Result<Vec<usize>> {
        let (rows, columns) = self.0.grid(Shape::new(1, 3, height, width))?;
        Ok(vec![rows, columns])
    }

    /// The part of the input that the map lies on: left, top, width, height, in pixels of the input.
    ///
    /// # Errors
    /// As `grid`.
    pub fn area(&self, height: usize, width: usize) -> Result<Vec<f64>> {
        Ok(self.0.area(Shape::new(1, 3, height, width))?.to_vec())
    }
}

/// One picture and one target, ready for any positions.
#[wasm_bindgen(js_name = Occluder)]
pub struct OccluderHandle(Occluder<Cpu>);

#[wasm_bindgen]
impl Engine {
    /// Runs the network on the picture as it is; `over` makes the target a margin.
    ///
    /// # Errors
    /// `bad-argument`, `bad-shape`, `unknown-class`, `not-finite`.
    pub fn occlude(
        &self,
        input: &Prepared,
        class: u32,
        over: Option<u32>,
        how: &Occlusion,
    ) -> Result<OccluderHandle> {
        let (network, picture) = (Arc::clone(&self.network), input.tensor.clone());
        let target = target_of(class, over);
        let begin = || block_on(Occluder::new(network, input.shape, picture, target, how.0));
        Ok(OccluderHandle(on_threads(begin)?))
    }
}

#[wasm_bindgen(js_class = Occluder)]
impl OccluderHandle {
    /// The values of the positions from `start` up to but not `end`, counted row by row.
    ///
    /// # Errors
    /// `bad-argument` for positions that the map does not have; `not-finite`.
    pub fn values(&self, start: usize, end: usize) -> Result<Vec<f32>> {
        Ok(on_threads(|| block_on(self.0.values(start..end)))?)
    }
}

#[wasm_bindgen]
impl Run {
    /// The input that ran, row-major 3×height×width.
    ///
    /// # Errors
    /// `not-retained` if the run did not keep it.
    pub fn input(&self) -> Result<Vec<f32>> {
        Ok(self.picture()?)
    }

    /// Height and width of the input.
    #[wasm_bindgen(js_name = inputSize)]
    #[must_use]
    pub fn input_size(&self) -> Vec<usize> {
        let shape = self.tape.shape(self.tape.graph().input());
        vec![shape.h, shape.w]
    }
}
