//! Deletion and insertion curves in parts, so that several workers can share them and be stopped between two passes.

use std::sync::Arc;

use candling_core::attribution::{self, Causal};
use candling_core::{Error, Shape, Tiling};
use candling_cpu::{Cpu, on_threads};
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Prepared};
use crate::types::{Compared, Curve, Traced, object};
use candling_bindings::Result;

/// The input, of this size, cut into squares of `side` pixels.
fn tiling(height: usize, width: usize, side: usize) -> candling_core::Result<Tiling> {
    Tiling::new(Shape::new(1, 3, height, width), side)
}

/// The tiles of an input (of `input_height`×`input_width`), those that a map holds for most important first. `area` is where the map
/// lies on the input: left, top, width and height in pixels.
///
/// # Errors
/// `bad-argument`, `not-finite`.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)] // JavaScript has no structs to pass
pub fn ranking(
    data: &[f32],
    channels: usize,
    height: usize,
    width: usize,
    area: &[f64],
    input_height: usize,
    input_width: usize,
    tile: usize,
) -> Result<Vec<u32>> {
    let area =
        area.try_into().map_err(|_| Error::BadArgument("area: it is left, top, width and height".into()))?;
    let shape = Shape::new(1, channels, height, width);
    Ok(tiling(input_height, input_width, tile)?.ranking(shape, data, area)?)
}

/// Which passes the curves of a map, and of random orders beside it, are made of.
#[wasm_bindgen]
pub struct Curves(attribution::Curves);

#[wasm_bindgen]
impl Curves {
    /// Those of a map with this ranking, and so many random orders.
    ///
    /// # Errors
    /// `bad-argument`.
    pub fn of(height: usize, width: usize, tile: usize, ranking: Vec<u32>, random: usize) -> Result<Curves> {
        Ok(Self(attribution::Curves::of(tiling(height, width, tile)?, ranking, random)?))
    }

    /// The same again from its `orders`, one after the other.
    ///
    /// # Errors
    /// `bad-argument`.
    #[wasm_bindgen(constructor)]
    pub fn new(height: usize, width: usize, tile: usize, orders: &[u32]) -> Result<Curves> {
        let tiling = tiling(height, width, tile)?;
        let orders = orders.chunks(tiling.len()).map(<[u32]>::to_vec).collect();
        Ok(Self(attribution::Curves::new(tiling, orders)?))
    }

    /// The orders of the tiles, one after the other, the map's first.
    #[must_use]
    pub fn orders(&self) -> Vec<u32> {
        self.0.orders().concat()
    }

    /// How many forward passes they are made of.
    #[must_use]
    pub fn passes(&self) -> usize {
        self.0.passes()
    }

    /// The curves, from the probabilities of all passes.
    ///
    /// # Errors
    /// `bad-argument`.
    pub fn trace(&self, probabilities: &[f32]) -> Result<JsValue> {
        let Causal { deletion, insertion } = self.0.trace(probabilities)?;
        object(&Traced { deletion: compared(&deletion), insertion: compared(&insertion) })
    }
}

fn compared(attribution::Compared { map, random }: &attribution::Compared) -> Compared<'_> {
    Compared { map: curve(map), random: curve(random) }
}

fn curve(attribution::Curve { shares, probabilities, area }: &attribution::Curve) -> Curve<'_> {
    Curve { shares, probabilities, area: *area }
}

/// One picture and one class, ready for any passes of its curves.
#[wasm_bindgen]
pub struct Tracer(attribution::Tracer<Cpu>);

#[wasm_bindgen]
impl Engine {
    /// Runs nothing yet.
    ///
    /// # Errors
    /// `bad-argument`, `bad-shape`, `unknown-class`.
    pub fn tracer(&self, input: &Prepared, class: u32, curves: &Curves) -> Result<Tracer> {
        let (network, picture) = (Arc::clone(&self.network), input.tensor.clone());
        Ok(Tracer(attribution::Tracer::new(network, input.shape, picture, class, curves.0.clone())?))
    }
}

#[wasm_bindgen]
impl Tracer {
    /// The class's probability in the passes from `start` up to but not `end`.
    ///
    /// # Errors
    /// `bad-argument` for passes that there are not; `not-finite`.
    pub fn values(&self, start: usize, end: usize) -> Result<Vec<f32>> {
        Ok(on_threads(|| block_on(self.0.values(start..end)))?)
    }
}
