//! Linear layers: a matrix product with one position per picture.

use candling_core::{Activation, Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, padded, size};
use crate::finish::Finish;
use crate::product::{Panels, Terms};
use crate::simd::Instructions;

/// Weights `[out, in]` and bias `[out]`.
pub struct Linear {
    w: Panels,
    /// The bias, padded with zeros to a whole block.
    bias: Vec<f32>,
}

impl Linear {
    pub(crate) fn prepare(w: &[f32], b: &[f32]) -> Self {
        let terms = Terms { taps: 1, channels: w.len() / b.len().max(1) };
        Self { w: Panels::new(w, terms), bias: padded(b) }
    }

    pub(crate) fn forward(&self, instructions: Instructions, x: &Blocked) -> Result<Blocked> {
        let ys = Shape::vector(x.shape().n, self.w.outputs);
        let finish = Finish::Activate { bias: &self.bias, activation: Activation::None };
        Blocked::new(ys, x.read(|x| self.w.multiply(instructions, x, ys, finish))?)
    }

    // y = w · x + b
    pub(crate) fn vjp(&self, dy: &Blocked) -> Result<Blocked> {
        let xs = Shape::vector(dy.shape().n, self.w.terms.channels);
        let mut dx = vec![0.0; size(xs)];
        dy.read(|dy| {
            let pictures = dx.chunks_exact_mut(size(xs) / xs.n).zip(dy.chunks_exact(dy.len() / xs.n));
            for (dx, dy) in pictures {
                // a target is one class, or two: only their rows are read
                for (output, &dy) in dy.iter().enumerate().filter(|(_, dy)| **dy != 0.0) {
                    let row = self.w.panel(output / BLOCK).iter().skip(output % BLOCK).step_by(BLOCK);
                    dx.iter_mut().zip(row).for_each(|(dx, w)| *dx += w * dy);
                }
            }
        })?;
        Blocked::new(xs, dx)
    }
}
