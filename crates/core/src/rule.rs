//! Rules of the backward pass.

use crate::{Backend, NodeId, ReluRule, Result, Tape};

/// A rule for the backward pass: how ReLUs treat the gradient, and what happens to it before and after each
/// layer. The three [`ReluRule`]s do nothing there.
///
/// With the two hooks the backward pass can compute more than gradients. Layer-wise relevance propagation
/// (Bach et al. 2015) divides the incoming value by the layer's output, and multiplies the outgoing one by
/// its input.
pub trait Rule<B: Backend> {
    /// The rule for the ReLU family, fused or not.
    fn relu(&self) -> ReluRule;

    /// Changes `dy` at the output of layer `id`, before its vjp. If the layer has one reader, `dy` may
    /// already have passed its activation.
    ///
    /// # Errors
    /// Those of the backend.
    fn before(&self, _tape: &Tape<B>, _id: NodeId, dy: B::Tensor) -> Result<B::Tensor> {
        Ok(dy)
    }

    /// Changes `dx`, which layer `id` passes to its input, before the contributions of all readers are added.
    ///
    /// # Errors
    /// Those of the backend.
    fn after(&self, _tape: &Tape<B>, _id: NodeId, _input: NodeId, dx: B::Tensor) -> Result<B::Tensor> {
        Ok(dx)
    }
}

impl<B: Backend> Rule<B> for ReluRule {
    fn relu(&self) -> ReluRule {
        *self
    }
}
