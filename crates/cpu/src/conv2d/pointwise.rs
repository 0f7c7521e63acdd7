//! 1×1 convolution, stride 1: a matrix product over the channels at every position.

use candle_core::Tensor;
use candling_core::ops::Conv2d;
use candling_core::{Result, Shape};

use super::Epilogue;
use crate::DEVICE;
use crate::storage::error;

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
        let z = per_picture(x, |x| self.w.matmul(x)).map_err(error)?;
        self.epilogue.apply(&z)?;
        z.reshape((y.n, y.c, y.h, y.w)).map_err(error)
    }

    // z = w · x
    pub(super) fn vjp(&self, dz: &Tensor, x: Shape) -> Result<Tensor> {
        let transposed = || {
            let w = self.w.t()?;
            per_picture(dz, |dz| w.matmul(dz))?.reshape((x.n, x.c, x.h, x.w))
        };
        transposed().map_err(error)
    }
}

/// Applies `f` to each picture of a batch as a matrix `[channels, positions]`; the results as `[n, ., .]`.
fn per_picture(
    x: &Tensor,
    f: impl Fn(&Tensor) -> candle_core::Result<Tensor>,
) -> candle_core::Result<Tensor> {
    let x = x.flatten_from(2)?;
    let pictures = (0..x.dim(0)?).map(|n| f(&x.get(n)?)?.unsqueeze(0));
    match pictures.collect::<candle_core::Result<Vec<_>>>()?.as_slice() {
        [one] => Ok(one.clone()),
        all => Tensor::cat(all, 0),
    }
}
