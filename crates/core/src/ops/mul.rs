//! Product of two inputs: `y = a·b`; one of them may be `[n, c, 1, 1]` and is then broadcast over the
//! positions, like the weights of a squeeze-and-excitation block (Hu et al. 2018).
//!
//! Its vjp is `da = dy·b` and `db = dy·a`; for a broadcast input, summed over the positions. Kept: both
//! inputs.

use super::broadcast::{self, Binary};
use super::{Back, Forward, Keeps, Kept, Operation, no_fields, no_parameters, two};
use crate::{Backend, Result, Shape};

/// Multiplication; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mul;

impl Operation for Mul {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] = &[Self];

    fn name(&self) -> &'static str {
        "mul"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        broadcast::shape(inputs)
    }

    fn keeps(&self) -> Keeps {
        Keeps { inputs: &[0, 1], ..Keeps::NOTHING }
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
        Ok(Forward::of(backend.binary(a, b, Binary::Mul, y)?))
    }

    // y = a·b
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        let y = backend.shape(back.dy);
        let other = kept.input(1 - back.input.min(1))?;
        let dx = backend.binary(back.dy, other, Binary::Mul, y)?;
        broadcast::gathered(backend, &dx, kept.shape(back.input)?)
    }
}
