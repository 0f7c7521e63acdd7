//! Pooling.

use std::rc::Rc;

use candling_core::ops::{AvgPool, MaxPool, Window};
use candling_core::{Result, Shape};

use crate::Tensor;
use crate::buffers::{Buffer, Lent};
use crate::elementwise::each;
use crate::kernel::{AVG_POOL, AVG_POOL_VJP, FLAT, MAX_POOL, MAX_POOL_VJP, NONE, grid};
use crate::recorder::Recorder;
use crate::uniforms::{self, signed, word};

/// For every output the position of its maximum in the plane of the input, on the GPU, and the window.
#[derive(Clone)]
pub struct Argmax {
    places: Rc<Lent>,
    window: Window,
}

/// Uniforms of a pooling's kernels, forward and vjp; `result` is the shape of the kernel's output.
fn uniforms(result: Shape, x: Shape, y: Shape, window: &Window, include_padding: bool) -> uniforms::Window {
    let Window { kernel, stride, dilation, padding } = window;
    uniforms::Window {
        values: word(result.len()),
        x_height: word(x.h),
        x_width: word(x.w),
        y_height: word(y.h),
        y_width: word(y.w),
        kernel_height: signed(kernel[0]),
        kernel_width: signed(kernel[1]),
        stride_down: signed(stride[0]),
        stride_across: signed(stride[1]),
        dilation_down: signed(dilation[0]),
        dilation_across: signed(dilation[1]),
        top: signed(padding.top),
        left: signed(padding.left),
        bottom: signed(padding.bottom),
        right: signed(padding.right),
        include_padding: u32::from(include_padding),
    }
}

pub(crate) fn max(recorder: &Recorder, x: &Tensor, op: &MaxPool, shape: Shape) -> Result<(Tensor, Argmax)> {
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let places = recorder.room(shape.len())?;
    let uniforms = uniforms(shape, x.shape(), shape, &op.window, false);
    let buffers: [&Buffer; 3] = [x.buffer(), y.buffer(), &places];
    recorder.run(MAX_POOL, NONE, uniforms, &buffers, grid(shape.len().div_ceil(FLAT)))?;
    Ok((y, Argmax { places: Rc::new(places), window: op.window }))
}

pub(crate) fn max_vjp(recorder: &Recorder, dy: &Tensor, argmax: &Argmax, x: Shape) -> Result<Tensor> {
    let uniforms = uniforms(x, x, dy.shape(), &argmax.window, false);
    each(recorder, MAX_POOL_VJP, uniforms, &[dy.buffer(), &argmax.places], x)
}

pub(crate) fn avg(recorder: &Recorder, x: &Tensor, op: &AvgPool, y: Shape) -> Result<Tensor> {
    let uniforms = uniforms(y, x.shape(), y, &op.window, op.count_include_pad);
    each(recorder, AVG_POOL, uniforms, &[x.buffer()], y)
}

pub(crate) fn avg_vjp(recorder: &Recorder, dy: &Tensor, op: &AvgPool, x: Shape) -> Result<Tensor> {
    let uniforms = uniforms(x, x, dy.shape(), &op.window, op.count_include_pad);
    each(recorder, AVG_POOL_VJP, uniforms, &[dy.buffer()], x)
}
