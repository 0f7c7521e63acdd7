//! Linear layers: a matrix product with one column a picture.

use candle_core::Tensor;
use candling_core::{Activation, Result, Shape};

use crate::gemm::Packed;
use crate::storage::{read, shape, tensor};

/// Weights `[out, in]` and bias `[out]`, packed both ways round.
pub struct Linear {
    w: Packed,
    transposed: Packed,
    inputs: usize,
    bias: Vec<f32>,
}

impl Linear {
    pub(crate) fn prepare(w: &[f32], b: &[f32]) -> Self {
        let (outputs, inputs) = (b.len(), w.len() / b.len().max(1));
        let (w, transposed) = (Packed::new(w, outputs, inputs), Packed::transposed(w, outputs, inputs));
        Self { w, transposed, inputs, bias: b.to_vec() }
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut y = Vec::new();
        read(x, |x| {
            for x in x.chunks_exact(self.inputs) {
                self.w.multiply(x, 1, &self.bias, Activation::None, &mut y);
            }
        })?;
        tensor(Shape::vector(shape(x).n, self.bias.len()), y)
    }

    // y = w · x + b
    pub(crate) fn vjp(&self, dy: &Tensor) -> Result<Tensor> {
        let mut dx = Vec::new();
        read(dy, |dy| {
            for dy in dy.chunks_exact(self.bias.len()) {
                self.transposed.multiply(dy, 1, &[], Activation::None, &mut dx);
            }
        })?;
        tensor(Shape::vector(shape(dy).n, self.inputs), dx)
    }
}
