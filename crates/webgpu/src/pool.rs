//! Pooling.

use std::rc::Rc;

use candling_core::ops::{AvgPool, MaxPool, Window};
use candling_core::{Result, Shape};

use crate::Tensor;
use crate::buffers::Lent;
use crate::elementwise::{each, sum_positions};
use crate::kernel::{FLAT, Kernel, grid};
use crate::params::Params;
use crate::recorder::Recorder;

/// For every output the position of its maximum in the input's plane, on the card, and the windows that it came from.
#[derive(Clone)]
pub struct Argmax {
    places: Rc<Lent>,
    window: Window,
}

/// What all pools begin with.
fn sizes(values: Shape, x: Shape, y: Shape, window: &Window) -> Params {
    Params::default()
        .u(values.len())
        .u(x.h)
        .u(x.w)
        .u(y.h)
        .u(y.w)
        .u(window.kernel[0])
        .u(window.kernel[1])
        .u(window.stride[0])
        .u(window.stride[1])
}

fn max_params(values: Shape, x: Shape, y: Shape, window: &Window) -> Params {
    let params = sizes(values, x, y, window).u(window.dilation[0]).u(window.dilation[1]);
    params.u(window.padding.top).u(window.padding.left)
}

fn avg_params(values: Shape, x: Shape, y: Shape, op: &AvgPool) -> Params {
    let padding = op.window.padding;
    let params = sizes(values, x, y, &op.window).u(padding.top).u(padding.left);
    params.u(padding.bottom).u(padding.right).u(usize::from(op.count_include_pad))
}

pub(crate) fn max(recorder: &Recorder, x: &Tensor, op: &MaxPool, shape: Shape) -> Result<(Tensor, Argmax)> {
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let places = recorder.room(shape.len())?;
    let params = max_params(shape, x.shape(), shape, &op.window);
    let buffers = [&**x.buffer(), &**y.buffer(), &*places];
    recorder.run(Kernel::MaxPool, params, &buffers, grid(shape.len().div_ceil(FLAT)))?;
    Ok((y, Argmax { places: Rc::new(places), window: op.window }))
}

pub(crate) fn max_vjp(recorder: &Recorder, dy: &Tensor, argmax: &Argmax, x: Shape) -> Result<Tensor> {
    let params = max_params(x, x, dy.shape(), &argmax.window);
    each(recorder, Kernel::MaxPoolVjp, params, &[dy.buffer(), &argmax.places], x)
}

pub(crate) fn avg(recorder: &Recorder, x: &Tensor, op: &AvgPool, y: Shape) -> Result<Tensor> {
    each(recorder, Kernel::AvgPool, avg_params(y, x.shape(), y, op), &[x.buffer()], y)
}

pub(crate) fn avg_vjp(recorder: &Recorder, dy: &Tensor, op: &AvgPool, x: Shape) -> Result<Tensor> {
    each(recorder, Kernel::AvgPoolVjp, avg_params(x, x, dy.shape(), op), &[dy.buffer()], x)
}

pub(crate) fn global_avg(recorder: &Recorder, x: &Tensor) -> Result<Tensor> {
    sum_positions(recorder, x, 1.0 / x.shape().area() as f32)
}

pub(crate) fn global_avg_vjp(recorder: &Recorder, dy: &Tensor, x: Shape) -> Result<Tensor> {
    let params = Params::default().u(x.len()).u(x.area()).f(1.0 / x.area() as f32);
    each(recorder, Kernel::Spread, params, &[dy.buffer()], x)
}
