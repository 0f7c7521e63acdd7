//! Linear layers, through candle's GEMM.

use candle_core::Tensor;
use candling_core::{Result, Shape};

use crate::DEVICE;
use crate::storage::{error, shape};

/// Weights `[out, in]` and bias `[out]`.
pub struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    pub(crate) fn prepare(w: &[f32], b: &[f32]) -> Result<Self> {
        let inputs = w.len() / b.len().max(1);
        let weight = Tensor::from_slice(w, (b.len(), inputs), &DEVICE).map_err(error)?;
        let bias = Tensor::from_slice(b, b.len(), &DEVICE).map_err(error)?;
        Ok(Self { weight, bias })
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let forward = || {
            let x = x.flatten_from(1)?;
            x.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
        };
        as_vectors(forward().map_err(error)?)
    }

    // y = x·wᵀ + b
    pub(crate) fn vjp(&self, dy: &Tensor) -> Result<Tensor> {
        as_vectors(dy.flatten_from(1).and_then(|dy| dy.matmul(&self.weight)).map_err(error)?)
    }
}

/// `[n, c]` as `[n, c, 1, 1]`.
fn as_vectors(x: Tensor) -> Result<Tensor> {
    let (n, c) = x.dims2().map_err(error)?;
    let x = x.reshape((n, c, 1, 1)).map_err(error)?;
    debug_assert_eq!(shape(&x), Shape::vector(n, c));
    Ok(x)
}
