//! 1×1 convolution, stride 1: a matrix product over the channels at every position.

use candle_core::Tensor;
use candling_core::ops::Conv2d;
use candling_core::{Activation, Result, Shape};

use super::Epilogue;
use crate::gemm::Packed;
use crate::storage::{read, tensor};

pub(super) struct Pointwise {
    /// `[out, in]`
    w: Packed,
    /// `[in, out]`
    transposed: Packed,
    epilogue: Epilogue,
}

impl Pointwise {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], epilogue: Epilogue) -> Self {
        let (rows, depth) = (op.out_channels, op.in_channels);
        Self { w: Packed::new(w, rows, depth), transposed: Packed::transposed(w, rows, depth), epilogue }
    }

    pub(super) fn forward(&self, x: &Tensor, ys: Shape) -> Result<Tensor> {
        let mut y = Vec::with_capacity(ys.len());
        read(x, |x| {
            for picture in x.chunks_exact(x.len() / ys.n) {
                self.w.multiply(picture, ys.area(), &self.epilogue.bias, self.epilogue.activation, &mut y);
            }
        })?;
        tensor(ys, y)
    }

    // z = w · x + b
    pub(super) fn vjp(&self, dz: &Tensor, xs: Shape) -> Result<Tensor> {
        let mut dx = Vec::with_capacity(xs.len());
        read(dz, |dz| {
            for picture in dz.chunks_exact(dz.len() / xs.n) {
                self.transposed.multiply(picture, xs.area(), &[], Activation::None, &mut dx);
            }
        })?;
        tensor(xs, dx)
    }
}
