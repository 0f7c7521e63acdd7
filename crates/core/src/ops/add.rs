//! Sum of two inputs: `y = a + b`, [broadcast].
//!
//! Its vjp passes `dy` to both; to a broadcast input, summed over the positions. Kept: nothing.

use super::broadcast::{self, Binary};
use super::{Back, Forward, Keeps, Kept, Operation, no_fields, no_parameters, two};
use crate::{Backend, Result, Shape};

/// Addition; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Add;

impl Operation for Add {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] = &[Self];

    fn name(&self) -> &'static str {
        "add"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        broadcast::shape(inputs)
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        y: Shape,
    ) -> Result<Forward<B>> {
        let (a, b) = two(inputs)?;
        Ok(Forward::of(backend.binary(a, b, Binary::Add, y)?))
    }

    // y = a + b
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        broadcast::gathered(backend, back.dy, kept.shape(back.input)?)
    }
}
