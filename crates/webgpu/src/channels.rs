//! Channels side by side, and a part of them.

use candling_core::{Result, Shape};

use crate::Tensor;
use crate::kernel::{FLAT, Kernel, grid};
use crate::params::Params;
use crate::recorder::Recorder;

/// All channels of all inputs; a kernel for each input.
pub(crate) fn concat(recorder: &Recorder, xs: &[Tensor]) -> Result<Tensor> {
    let first = xs.first().map_or(Shape::vector(0, 0), Tensor::shape);
    let shape = Shape { c: xs.iter().map(|x| x.shape().c).sum(), ..first };
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let mut start = 0;
    for x in xs {
        copy(recorder, x, 0, &y, start, x.shape().c)?;
        start += x.shape().c;
    }
    Ok(y)
}

/// `channels` channels from `start` on.
pub(crate) fn slice(recorder: &Recorder, x: &Tensor, start: usize, channels: usize) -> Result<Tensor> {
    let shape = Shape { c: channels, ..x.shape() };
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    copy(recorder, x, start, &y, 0, channels)?;
    Ok(y)
}

/// Copies channels from one place among those of `x` to another among those of `y`.
fn copy(recorder: &Recorder, x: &Tensor, from: usize, y: &Tensor, to: usize, channels: usize) -> Result<()> {
    let area = x.shape().area();
    let part = channels * area;
    let values = x.shape().n * part;
    let params = Params::default()
        .u(values)
        .u(part)
        .u(x.shape().c * area)
        .u(from * area)
        .u(y.shape().c * area)
        .u(to * area);
    recorder.run(Kernel::CopyChannels, params, &[x.buffer(), y.buffer()], grid(values.div_ceil(FLAT)))
}
