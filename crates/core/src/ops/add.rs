//! Sum of two inputs: `y = a + b`. The second may be `[n, c, 1, 1]` and is then spread over the positions.
//!
//! Its vjp hands `dy` to both; to a spread operand, summed over the positions. Kept: nothing.

use super::Kept;
use crate::{Backend, Error, Result, Shape};

/// Addition; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Add;

impl Add {
    pub(crate) fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        match inputs {
            [a, b] if a == b || *b == Shape::vector(a.n, a.c) => Ok(*a),
            [a, b] => Err(Error::BadShape {
                what: "second input".into(),
                given: b.to_string(),
                needed: format!("{a} or {}", Shape::vector(a.n, a.c)),
            }),
            _ => Err(Error::InvalidGraph(format!("takes 2 inputs, got {}", inputs.len()))),
        }
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, a: &B::Tensor, b: &B::Tensor) -> Result<B::Tensor> {
        backend.add(a, b)
    }

    // y = a + b
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
        i: usize,
    ) -> Result<B::Tensor> {
        backend.add_vjp(dy, kept.input(i)?)
    }
}
