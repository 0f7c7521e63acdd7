//! Mean over all positions: `y_c = Σ_{i, j} x_c[i, j] / (h·w)`; its vjp spreads `dy_c / (h·w)` over them.
//! Kept: nothing.

use super::Kept;
use crate::{Backend, Result, Shape};

/// Global average pooling; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GlobalAvgPool;

impl GlobalAvgPool {
    pub(crate) fn output_shape(&self, x: Shape) -> Shape {
        Shape::vector(x.n, x.c)
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, x: &B::Tensor) -> Result<B::Tensor> {
        backend.global_avg_pool(x)
    }

    // y = Σ x / (h·w)
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
    ) -> Result<B::Tensor> {
        backend.global_avg_pool_vjp(dy, kept.input(0)?)
    }
}
