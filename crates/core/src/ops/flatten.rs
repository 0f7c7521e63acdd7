//! Positions folded into channels: `[n, c, h, w]` to `[n, c·h·w, 1, 1]`, the same values; its vjp unfolds.
//! Kept: nothing.

use super::Kept;
use crate::{Backend, Result, Shape};

/// Flattening; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flatten;

impl Flatten {
    pub(crate) fn output_shape(&self, x: Shape) -> Shape {
        Shape::vector(x.n, x.c * x.area())
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, x: &B::Tensor, y: Shape) -> Result<B::Tensor> {
        backend.reshape(x, y)
    }

    // y = x, reshaped
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
    ) -> Result<B::Tensor> {
        backend.reshape(dy, kept.input(0)?)
    }
}
