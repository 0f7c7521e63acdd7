//! Kernels that move whole channels.

use candle_core::Tensor;
use candling_core::{Result, Shape};

use crate::storage::{read, shape, tensor};

/// The channels of all inputs, one after the other, picture by picture.
pub(crate) fn concat(xs: &[Tensor]) -> Result<Tensor> {
    let shapes: Vec<Shape> = xs.iter().map(shape).collect();
    let first = shapes.first().copied().unwrap_or(Shape::vector(0, 0));
    let out = Shape { c: shapes.iter().map(|s| s.c).sum(), ..first };
    let mut y = Vec::with_capacity(out.len());
    for n in 0..out.n {
        for (x, s) in xs.iter().zip(&shapes) {
            let picture = s.c * s.area();
            read(x, |x| y.extend_from_slice(&x[n * picture..][..picture]))?;
        }
    }
    tensor(out, y)
}

/// `channels` channels from `start` on, which is the vjp of [`concat`].
pub(crate) fn slice(dy: &Tensor, start: usize, channels: usize) -> Result<Tensor> {
    let s = shape(dy);
    let out = Shape { c: channels, ..s };
    let mut dx = Vec::with_capacity(out.len());
    read(dy, |dy| {
        for picture in dy.chunks_exact(s.c * s.area()) {
            dx.extend_from_slice(&picture[start * s.area()..][..channels * s.area()]);
        }
    })?;
    tensor(out, dx)
}
