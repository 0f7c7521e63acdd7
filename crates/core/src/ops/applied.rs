//! One op without a graph, for conformance suites and finite-difference checks.

use super::{Back, Forward, Kept, Prepared};
use crate::{Backend, Op, ReluRule, Result, Shape, Weights};

/// An op that has run: its output and its vjp.
pub struct Applied<'a, B: Backend> {
    backend: &'a B,
    op: &'a Op,
    prepared: Prepared<B>,
    shapes: Vec<Shape>,
    inputs: Vec<B::Tensor>,
    forward: Forward<B>,
}

impl Op {
    /// Checks the shapes, prepares the weights `op.weight` and `op.bias`, and runs the op on `inputs`.
    ///
    /// # Errors
    /// Those of [`Op::output_shape`], of the weights' shapes and of the backend.
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
        Ok(Applied { backend, op: self, prepared, shapes, inputs: inputs.to_vec(), forward })
    }
}

impl<B: Backend> Applied<'_, B> {
    /// The output.
    #[must_use]
    pub fn output(&self) -> &B::Tensor {
        &self.forward.y
    }

    /// The gradient of input `i`, given that of the output. The vjp only gets the tensors that [`Op::keeps`]
    /// names.
    ///
    /// # Errors
    /// Those of the backend.
    pub fn vjp(&self, dy: &B::Tensor, i: usize, rule: ReluRule) -> Result<B::Tensor> {
        let keeps = self.op.keeps();
        let inputs = self.inputs.iter().enumerate().map(|(i, x)| keeps.inputs.contains(&i).then_some(x));
        let kept = Kept {
            shapes: &self.shapes,
            inputs: &inputs.collect::<Vec<_>>(),
            output: Some(&self.forward.y).filter(|_| keeps.output),
            argmax: self.forward.argmax.as_ref().filter(|_| keeps.argmax),
            passed: false,
        };
        let back = Back { dy, input: i, rule, gate: None };
        self.op.vjp(self.backend, &self.prepared, &kept, back)
    }
}
