//! One op on its own, without a graph around it: what a conformance suite or a finite-difference check drives.

use super::{Forward, Kept, Prepared};
use crate::{Backend, Op, ReluRule, Result, Shape, Weights};

/// An op that has run: its output, and the way back.
pub struct Applied<'a, B: Backend> {
    backend: &'a B,
    op: &'a Op,
    prepared: Prepared<B>,
    inputs: Vec<Shape>,
    forward: Forward<B>,
}

impl Op {
    /// Checks the shapes, prepares the weights `op.weight` and `op.bias`, and runs the op on `inputs`.
    ///
    /// # Errors
    /// What [`Op::output_shape`], the weights' shapes and the backend give.
    pub fn apply<'a, B: Backend>(
        &'a self,
        backend: &'a B,
        weights: &Weights,
        inputs: &[B::Tensor],
    ) -> Result<Applied<'a, B>> {
        let shapes: Vec<Shape> = inputs.iter().map(|x| backend.shape(x)).collect();
        let y = self.output_shape(&shapes)?;
        let prepared = self.prepare(backend, "op", weights)?;
        let forward = self.forward(backend, &prepared, inputs, y)?;
        Ok(Applied { backend, op: self, prepared, inputs: shapes, forward })
    }
}

impl<B: Backend> Applied<'_, B> {
    /// The output.
    #[must_use]
    pub fn output(&self) -> &B::Tensor {
        &self.forward.y
    }

    /// The gradient of input `i`, given that of the output.
    ///
    /// # Errors
    /// What the backend gives.
    pub fn vjp(&self, dy: &B::Tensor, i: usize, rule: ReluRule) -> Result<B::Tensor> {
        let kept = Kept {
            inputs: &self.inputs,
            y: Some(&self.forward.y),
            passed: false,
            argmax: self.forward.argmax.as_ref(),
        };
        self.op.vjp(self.backend, &self.prepared, &kept, dy, i, rule, None)
    }
}
