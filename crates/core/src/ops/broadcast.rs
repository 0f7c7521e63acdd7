//! Element-wise functions of two inputs: `y = f(a, b)`. One of them may be `[n, c, 1, 1]`, and is then
//! broadcast over the positions of the other.

use super::two;
use crate::{Backend, Error, Result, Shape};

/// A function of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a·b`
    Mul,
}

impl Binary {
    /// Computes the function.
    #[must_use]
    #[inline(always)]
    pub fn apply(self, a: f32, b: f32) -> f32 {
        match self {
            Self::Add => a + b,
            Self::Mul => a * b,
        }
    }
}

/// The broadcast shape of both inputs.
pub(super) fn shape(inputs: &[Shape]) -> Result<Shape> {
    let (&a, &b) = two(inputs)?;
    if a == b || b == Shape::vector(a.n, a.c) {
        Ok(a)
    } else if a == Shape::vector(b.n, b.c) {
        Ok(b)
    } else {
        Err(Error::BadShape {
            what: "second input".into(),
            given: b.to_string(),
            needed: format!("{a} or {}", Shape::vector(a.n, a.c)),
        })
    }
}

/// Reduces the gradient `dx` to the shape of an input, `x`: for a broadcast input, the sum over the
/// positions.
pub(super) fn gathered<B: Backend>(backend: &B, dx: &B::Tensor, x: Shape) -> Result<B::Tensor> {
    if backend.shape(dx) == x { Ok(dx.clone()) } else { backend.reduce(dx, super::Reduce::Sum) }
}
