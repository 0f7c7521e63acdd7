//! A linear layer: `y = x·wᵀ + b` on vectors; its vjp is `dx = dy·w`. Kept: nothing.

use super::{Back, Fields, Forward, Keeps, Kept, Operation, Window, one, two};
use crate::{Backend, Error, Result, Shape};

/// Parameters of a linear layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Linear {
    /// Length of `x`.
    pub in_features: usize,
    /// Length of `y`.
    pub out_features: usize,
}

impl Operation for Linear {
    type Prepared<B: Backend> = B::Linear;

    const KINDS: &'static [Self] = &[Self { in_features: 0, out_features: 0 }];

    fn name(&self) -> &'static str {
        "linear"
    }

    fn fields(&mut self, fields: &mut dyn Fields) {
        fields.extents("weight", &mut [&mut self.out_features, &mut self.in_features]);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = *one(inputs)?;
        if x != Shape::vector(x.n, self.in_features) {
            return Err(Error::BadShape {
                what: "input".into(),
                given: x.to_string(),
                needed: format!("{}; flatten or pool before it", Shape::vector(x.n, self.in_features)),
            });
        }
        Ok(Shape::vector(x.n, self.out_features))
    }

    /// Weights `[out, in]` and bias `[out]`.
    fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("weight", vec![self.out_features, self.in_features]), ("bias", vec![self.out_features])]
    }

    fn has_bias(&self) -> bool {
        true
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        false
    }

    fn window(&self) -> Option<&Window> {
        None
    }

    fn prepare<B: Backend>(&self, backend: &B, weights: &[&[f32]]) -> Result<B::Linear> {
        let (w, b) = two(weights)?;
        backend.prepare_linear(w, b)
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        linear: &B::Linear,
        inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.linear(one(inputs)?, linear)?))
    }

    // y = x·wᵀ + b
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        linear: &B::Linear,
        _kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.linear_vjp(back.dy, linear)
    }
}
