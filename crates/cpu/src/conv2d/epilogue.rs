//! What follows the products of a convolution: `y = activation(z + b)`, in place.

use candle_core::{CpuStorage, InplaceOp1, Layout, Tensor};
use candling_core::{Activation, Result};

use crate::storage::error;

pub(super) struct Epilogue {
    pub bias: Vec<f32>,
    pub activation: Activation,
}

impl Epilogue {
    /// Adds the bias and activates, in the buffer that the GEMM has just written and nobody else holds. `z` is
    /// `[n, c, h, w]`.
    pub(super) fn apply(&self, z: &Tensor) -> Result<()> {
        z.inplace_op1(self).map_err(error)
    }

    fn run(&self, z: &mut [f32], positions: usize) {
        for (plane, &bias) in z.chunks_exact_mut(positions).zip(self.bias.iter().cycle()) {
            match self.activation {
                Activation::None => plane.iter_mut().for_each(|v| *v += bias),
                Activation::Relu => {
                    plane.iter_mut().for_each(|v| *v = Activation::Relu.apply(*v + bias));
                }
                Activation::Relu6 => {
                    plane.iter_mut().for_each(|v| *v = Activation::Relu6.apply(*v + bias));
                }
            }
        }
    }
}

impl InplaceOp1 for Epilogue {
    fn name(&self) -> &'static str {
        "bias-activation"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        let positions = layout.dims().iter().skip(2).product();
        match (storage, layout.contiguous_offsets()) {
            (CpuStorage::F32(values), Some((start, end))) => {
                self.run(&mut values[start..end], positions);
                Ok(())
            }
            _ => candle_core::bail!("expected contiguous f32 values"),
        }
    }
}
