//! Flattening: `[n, c, h, w]` to `[n, c·h·w, 1, 1]`, the same values; its vjp reshapes back. Kept: nothing.

use super::{Back, Forward, Keeps, Kept, Operation, no_fields, no_parameters, one};
use crate::{Backend, Result, Shape};

/// Flattening; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flatten;

impl Operation for Flatten {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] = &[Self];

    fn name(&self) -> &'static str {
        "flatten"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = one(inputs)?;
        Ok(Shape::vector(x.n, x.c * x.area()))
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
        y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.reshape(one(inputs)?, y)?))
    }

    // y = x, reshaped
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.reshape(back.dy, kept.shape(0)?)
    }
}
