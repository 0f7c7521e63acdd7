//! A linear layer: `y = x·wᵀ + b` on vectors; its vjp is `dx = dy·w`. Kept: nothing.

use crate::{Backend, Error, Result, Shape};

/// Parameters of a linear layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Linear {
    /// Length of `x`.
    pub in_features: usize,
    /// Length of `y`.
    pub out_features: usize,
}

impl Linear {
    /// Weights `[out, in]` and bias `[out]`.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("weight", vec![self.out_features, self.in_features]), ("bias", vec![self.out_features])]
    }

    pub(crate) fn output_shape(&self, x: Shape) -> Result<Shape> {
        if x != Shape::vector(x.n, self.in_features) {
            return Err(Error::BadShape {
                what: "input".into(),
                given: x.to_string(),
                needed: format!("{}; flatten or pool before it", Shape::vector(x.n, self.in_features)),
            });
        }
        Ok(Shape::vector(x.n, self.out_features))
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, w: &B::Linear, x: &B::Tensor) -> Result<B::Tensor> {
        backend.linear(x, w)
    }

    // y = x·wᵀ + b
    pub(crate) fn vjp<B: Backend>(&self, backend: &B, w: &B::Linear, dy: &B::Tensor) -> Result<B::Tensor> {
        backend.linear_vjp(dy, w)
    }
}
