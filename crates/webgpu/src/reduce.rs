//! Reductions over the positions of a channel, and their vjp.

use candling_core::ops::Reduce;
use candling_core::{Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::elementwise::each;
use crate::kernel::{NONE, REDUCE, SPREAD, grid};
use crate::recorder::Recorder;
use crate::uniforms::{self, word};

/// The factor of a sum over the positions of `x`.
fn scale(reduce: Reduce, x: Shape) -> f32 {
    match reduce {
        Reduce::Sum => 1.0,
        Reduce::Mean => 1.0 / x.area() as f32,
    }
}

pub(crate) fn reduce(recorder: &Recorder, x: &Tensor, to: Reduce) -> Result<Tensor> {
    let xs = x.shape();
    let shape = Shape::vector(xs.n, xs.c);
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let uniforms = uniforms::Reduce { sums: word(shape.len()), area: word(xs.area()), scale: scale(to, xs) };
    let buffers: [&Buffer; 2] = [x.buffer(), y.buffer()];
    recorder.run(REDUCE, NONE, uniforms, &buffers, grid(shape.len()))?;
    Ok(y)
}

pub(crate) fn spread(recorder: &Recorder, dy: &Tensor, from: Reduce, x: Shape) -> Result<Tensor> {
    let uniforms = uniforms::Spread { values: word(x.len()), area: word(x.area()), scale: scale(from, x) };
    each(recorder, SPREAD, uniforms, &[dy.buffer()], x)
}
