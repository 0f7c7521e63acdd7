//! Mean over all positions: `y_c = Σ_{i, j} x_c[i, j] / (h·w)`; its vjp is `dy_c / (h·w)` at each of them.
//! Kept: nothing.

use super::{Back, Forward, Keeps, Kept, Operation, Reduce, no_fields, no_parameters, one};
use crate::{Backend, Result, Shape};

/// Global average pooling; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GlobalAvgPool;

impl Operation for GlobalAvgPool {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] = &[Self];

    fn name(&self) -> &'static str {
        "global_avg_pool"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = one(inputs)?;
        Ok(Shape::vector(x.n, x.c))
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        false
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.reduce(one(inputs)?, Reduce::Mean)?))
    }

    // y = Σ x / (h·w)
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.spread(back.dy, Reduce::Mean, kept.shape(0)?)
    }
}
