//! Linear layers: a matrix product whose positions are the pictures.

use candling_core::{Activation, Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, blocks, size};
use crate::finish::Finish;
use crate::parallel::written;
use crate::product::{Panels, Positions, Product, Terms};
use crate::simd::Instructions;

/// Weights `[out, in]` and bias `[out]`.
pub struct Linear {
    w: Panels,
    outputs: usize,
    /// Zeros up to a whole block.
    bias: Vec<f32>,
}

impl Linear {
    pub(crate) fn prepare(w: &[f32], b: &[f32]) -> Self {
        let terms = Terms { taps: 1, channels: w.len() / b.len().max(1) };
        let mut bias = b.to_vec();
        bias.resize(blocks(b.len()) * BLOCK, 0.0);
        Self { w: Panels::new(w, terms), outputs: b.len(), bias }
    }

    pub(crate) fn forward(&self, instructions: Instructions, x: &Blocked) -> Result<Blocked> {
        let ys = Shape::vector(x.shape().n, self.outputs);
        let at = Positions { area: 1, first: 0 };
        let finish = Finish::Activate { bias: &self.bias, activation: Activation::None };
        let write = |x: &[f32], y| {
            for (picture, x) in x.chunks_exact(x.len() / ys.n).enumerate() {
                let start = picture * self.w.len() * BLOCK;
                let panels = 0..self.w.len();
                let product =
                    Product { w: &self.w, panels, x, x_at: at, y, start, y_at: at, count: 1, finish };
                // SAFETY: a block for every panel from here on, and each picture its own.
                unsafe { product.run(instructions) };
            }
        };
        // SAFETY: every block of every picture.
        Blocked::new(ys, x.read(|x| unsafe { written(size(ys), |y| write(x, y)) })?)
    }

    // y = w · x + b
    pub(crate) fn vjp(&self, dy: &Blocked) -> Result<Blocked> {
        let xs = Shape::vector(dy.shape().n, self.w.terms.channels);
        let mut dx = vec![0.0; size(xs)];
        dy.read(|dy| {
            let pictures = dx.chunks_exact_mut(size(xs) / xs.n).zip(dy.chunks_exact(dy.len() / xs.n));
            for (dx, dy) in pictures {
                // A target is one class, or two: the rows of all others are not read.
                for (output, &dy) in dy.iter().enumerate().filter(|(_, dy)| **dy != 0.0) {
                    let row = self.w.panel(output / BLOCK).iter().skip(output % BLOCK).step_by(BLOCK);
                    dx.iter_mut().zip(row).for_each(|(dx, w)| *dx += w * dy);
                }
            }
        })?;
        Blocked::new(xs, dx)
    }
}
