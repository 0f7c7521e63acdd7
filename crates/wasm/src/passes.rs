//! Work of many passes in parts, so that several workers can share it and stop in between: methods of many
//! passes, and the curves of deletion and insertion.

use std::sync::Arc;

use candling_core::attribution::{self, Altered, Causal, CurvesPlan, MapPlan, Options, Passes as _, begin};
use candling_core::{Error, Query, Shape, Tiling};
use candling_cpu::{Cpu, on_threads};
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Prepared};
use crate::types::{Compared, Curve, Traced, object};
use candling_bindings::{Explanation, Result, target_of};

/// Passes over one picture; any of them can be run.
#[wasm_bindgen]
pub struct Passes(Work);

enum Work {
    Map(Altered<Cpu, MapPlan>),
    Curves(Altered<Cpu, CurvesPlan>),
}

#[wasm_bindgen]
impl Engine {
    /// Prepares the passes of a method of many passes; `over` makes the target a margin, and options that are
    /// not named have the method's defaults. Nothing is run yet.
    ///
    /// # Errors
    /// `bad-argument`, `bad-shape`, `unknown-class`.
    #[wasm_bindgen(js_name = mapPasses)]
    pub fn map_passes(
        &self,
        input: &Prepared,
        method: &str,
        class: u32,
        over: Option<u32>,
        options: Vec<String>,
        values: &[f64],
    ) -> Result<Passes> {
        let query = Query::new(method.parse()?, target_of(class, over));
        let options = Options::new(options.into_iter().zip(values.iter().copied()).collect());
        let work = begin(&self.network, input.shape, input.tensor.clone(), &query, &options)?;
        Ok(Passes(Work::Map(work)))
    }

    /// Prepares the passes for the curves of one class, with these `orders` of the tiles, concatenated.
    /// Nothing is run yet.
    ///
    /// # Errors
    /// `bad-argument`, `bad-shape`, `unknown-class`.
    #[wasm_bindgen(js_name = curvePasses)]
    pub fn curve_passes(&self, input: &Prepared, class: u32, tile: usize, orders: &[u32]) -> Result<Passes> {
        let Prepared { shape, ref tensor, .. } = *input;
        let tiling = Tiling::new(shape, tile)?;
        let orders = orders.chunks(tiling.len()).map(<[u32]>::to_vec).collect();
        let plan = attribution::Curves::new(tiling, orders)?.plan(shape, tensor.clone(), class)?;
        Ok(Passes(Work::Curves(Altered::new(Arc::clone(&self.network), shape, tensor.clone(), plan)?)))
    }
}

#[wasm_bindgen]
impl Passes {
    /// Number of passes.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn pieces(&self) -> usize {
        match &self.0 {
            Work::Map(work) => work.pieces(),
            Work::Curves(work) => work.pieces(),
        }
    }

    /// Runs the passes from `start` up to but not including `end`, and returns their values.
    ///
    /// # Errors
    /// `bad-argument` for passes that do not exist; `not-finite`.
    pub fn run(&self, start: usize, end: usize) -> Result<Vec<f32>> {
        Ok(on_threads(|| match &self.0 {
            Work::Map(work) => block_on(work.run(start..end)),
            Work::Curves(work) => block_on(work.run(start..end)),
        })?)
    }

    /// Computes the result from the values of all passes: the map as an `Explanation`, or the curves as a
    /// plain object.
    ///
    /// # Errors
    /// `bad-argument` for a wrong number of values; `not-finite`.
    pub fn finish(&self, values: &[f32]) -> Result<JsValue> {
        match &self.0 {
            Work::Map(work) => Ok(Explanation::unlayered(work.finish(values)?).into()),
            Work::Curves(work) => {
                let Causal { deletion, insertion } = work.finish(values)?;
                object(&Traced { deletion: compared(&deletion), insertion: compared(&insertion) })
            }
        }
    }
}

fn compared(attribution::Compared { map, random }: &attribution::Compared) -> Compared<'_> {
    Compared { map: curve(map), random: curve(random) }
}

fn curve(attribution::Curve { shares, probabilities, area }: &attribution::Curve) -> Curve<'_> {
    Curve { shares, probabilities, area: *area }
}

/// Divides an input of this size into square tiles of `side` pixels.
fn tiling(height: usize, width: usize, side: usize) -> candling_core::Result<Tiling> {
    Tiling::new(Shape::new(1, 3, height, width), side)
}

/// Ranks the tiles of an input (of `input_height`×`input_width`) by a map, largest mean first. `area` is the
/// part of the input that the map covers: left, top, width and height in pixels.
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

/// The tile orders for a map with this ranking: its own, then the random ones, concatenated.
///
/// # Errors
/// `bad-argument`.
#[wasm_bindgen(js_name = tileOrders)]
pub fn tile_orders(
    height: usize,
    width: usize,
    tile: usize,
    ranking: Vec<u32>,
    random: usize,
) -> Result<Vec<u32>> {
    Ok(attribution::Curves::of(tiling(height, width, tile)?, ranking, random)?.orders().concat())
}
