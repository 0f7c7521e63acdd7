//! Kernels that look at one value at a time.

use candle_core::Tensor;
use candling_core::{Activation, ReluRule, Result, Shape};

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

/// `y = a + b`, each value of `b` for one or for `a.len() / b.len()` values of `a`.
pub(crate) fn add(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let s = shape(a);
    let per_value = s.len() / shape(b).len();
    let sum = |a: &[f32], b: &[f32]| -> Vec<f32> {
        if per_value == 1 {
            return a.iter().zip(b).map(|(a, b)| a + b).collect();
        }
        a.chunks_exact(per_value).zip(b).flat_map(|(a, b)| a.iter().map(move |a| a + b)).collect()
    };
    tensor(s, read(a, |a| read(b, |b| sum(a, b)))??)
}

// y = a + b
pub(crate) fn add_vjp(dy: &Tensor, x: Shape) -> Result<Tensor> {
    let s = shape(dy);
    if s == x {
        return Ok(dy.clone());
    }
    tensor(x, read(dy, |dy| dy.chunks_exact(s.len() / x.len()).map(|dy| dy.iter().sum()).collect())?)
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
