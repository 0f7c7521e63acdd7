//! 1×1 convolution, stride 1: a matrix product over the channels at every position.

use candle_core::Tensor;
use candling_core::ops::Conv2d;
use candling_core::{Result, Shape};

use super::Epilogue;
use crate::DEVICE;
use crate::storage::{error, join};

pub(super) struct Pointwise {
    /// `[out, in]`
    w: Tensor,
    epilogue: Epilogue,
}

impl Pointwise {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], epilogue: Epilogue) -> Result<Self> {
        let w = Tensor::from_slice(w, (op.out_channels, op.in_channels), &DEVICE).map_err(error)?;
        Ok(Self { w, epilogue })
    }

    pub(super) fn forward(&self, x: &Tensor, y: Shape) -> Result<Tensor> {
        let z = per_picture(x, y, |x| self.w.matmul(x))?;
        self.epilogue.apply(&z)?;
        Ok(z)
    }

    // z = w · x
    pub(super) fn vjp(&self, dz: &Tensor, x: Shape) -> Result<Tensor> {
        let w = self.w.t().map_err(error)?;
        per_picture(dz, x, |dz| w.matmul(dz))
    }
}

/// Applies `f` to each picture of a batch as a matrix `[channels, positions]`.
fn per_picture(
    x: &Tensor,
    result: Shape,
    f: impl Fn(&Tensor) -> candle_core::Result<Tensor>,
) -> Result<Tensor> {
    let x = x.flatten_from(2).map_err(error)?;
    let pictures = (0..result.n).map(|n| f(&x.get(n)?)).collect::<candle_core::Result<Vec<_>>>();
    join(pictures.map_err(error)?, result)
}
