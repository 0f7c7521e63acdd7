//! Kernels that look at one value at a time.

use candle_core::Tensor;
use candling_core::{Activation, ReluRule, Result};

use crate::storage::{read, shape, tensor};

/// `y = f(x)`.
pub(crate) fn map(x: &Tensor, f: impl Fn(f32) -> f32) -> Result<Tensor> {
    tensor(shape(x), read(x, |x| x.iter().map(|&v| f(v)).collect())?)
}

pub(crate) fn activation_vjp(dy: &Tensor, y: &Tensor, a: Activation, rule: ReluRule) -> Result<Tensor> {
    // One loop per activation and rule, so that neither is asked about inside it.
    match (a, rule) {
        (Activation::None, _) => Ok(dy.clone()),
        (Activation::Relu, ReluRule::Exact) => {
            zip(dy, y, |y, dy| Activation::Relu.vjp(ReluRule::Exact, y, dy))
        }
        (Activation::Relu, ReluRule::Guided) => {
            zip(dy, y, |y, dy| Activation::Relu.vjp(ReluRule::Guided, y, dy))
        }
        (Activation::Relu6, ReluRule::Exact) => {
            zip(dy, y, |y, dy| Activation::Relu6.vjp(ReluRule::Exact, y, dy))
        }
        (Activation::Relu6, ReluRule::Guided) => {
            zip(dy, y, |y, dy| Activation::Relu6.vjp(ReluRule::Guided, y, dy))
        }
        (_, ReluRule::Deconv) => map(dy, |dy| Activation::Relu.vjp(ReluRule::Deconv, 0.0, dy)),
    }
}

fn zip(dy: &Tensor, y: &Tensor, f: impl Fn(f32, f32) -> f32) -> Result<Tensor> {
    let dx = read(dy, |dy| read(y, |y| dy.iter().zip(y).map(|(&dy, &y)| f(y, dy)).collect()))??;
    tensor(shape(dy), dx)
}

/// Scale and shift per channel.
pub struct Affine {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Affine {
    pub(crate) fn prepare(scale: &[f32], shift: &[f32]) -> Self {
        Self { scale: scale.to_vec(), shift: shift.to_vec() }
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.by_channel(x, |c, v| self.scale[c] * v + self.shift[c])
    }

    // y = scale·x + shift
    pub(crate) fn vjp(&self, dy: &Tensor) -> Result<Tensor> {
        self.by_channel(dy, |c, v| self.scale[c] * v)
    }

    fn by_channel(&self, x: &Tensor, f: impl Fn(usize, f32) -> f32) -> Result<Tensor> {
        let s = shape(x);
        let mut y = Vec::with_capacity(s.len());
        read(x, |x| {
            for (i, plane) in x.chunks_exact(s.area()).enumerate() {
                y.extend(plane.iter().map(|&v| f(i % s.c, v)));
            }
        })?;
        tensor(s, y)
    }
}
