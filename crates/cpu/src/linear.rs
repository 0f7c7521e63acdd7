//! Linear layers, through candle's GEMM.

use candle_core::Tensor;
use candling_core::{Result, Shape};

use crate::DEVICE;
use crate::storage::{error, read, shape, tensor};

/// Weights `[out, in]` and bias `[out]`.
pub struct Linear {
    weight: Tensor,
    bias: Vec<f32>,
}

impl Linear {
    pub(crate) fn prepare(w: &[f32], b: &[f32]) -> Result<Self> {
        let inputs = w.len() / b.len().max(1);
        let weight = Tensor::from_slice(w, (b.len(), inputs), &DEVICE).map_err(error)?;
        Ok(Self { weight, bias: b.to_vec() })
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let product = || x.flatten_from(1)?.matmul(&self.weight.t()?);
        let with_bias = |z: &[f32]| z.iter().zip(self.bias.iter().cycle()).map(|(z, b)| z + b).collect();
        let y = read(&product().map_err(error)?, with_bias)?;
        tensor(Shape::vector(shape(x).n, self.bias.len()), y)
    }

    // y = x·wᵀ + b
    pub(crate) fn vjp(&self, dy: &Tensor) -> Result<Tensor> {
        let product = || {
            let dx = dy.flatten_from(1)?.matmul(&self.weight)?;
            let (n, c) = dx.dims2()?;
            dx.reshape((n, c, 1, 1))
        };
        product().map_err(error)
    }
}
