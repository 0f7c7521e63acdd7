//! What a walk back does at every layer.

use crate::{Backend, NodeId, ReluRule, Result, Tape};

/// A rule for walking back: what ReLUs let through, and what is done to a gradient before and after it passes a layer. The plain walks are
/// the three [`ReluRule`]s, which do nothing there.
///
/// The two hooks turn the chain rule into others. Layer-wise relevance propagation (Bach et al. 2015) divides what arrives by the layer's
/// output, and multiplies what leaves by its input.
pub trait Rule<B: Backend> {
    /// What the ReLU family lets through, fused or not.
    fn relu(&self) -> ReluRule;

    /// What becomes of `dy` at the output of layer `id`, before its vjp. Of a layer with one reader it may have passed the activation.
    ///
    /// # Errors
    /// What the backend gives.
    fn before(&self, _tape: &Tape<B>, _id: NodeId, dy: B::Tensor) -> Result<B::Tensor> {
        Ok(dy)
    }

    /// What becomes of `dx`, which layer `id` gives to its input, before it is added to what other readers give.
    ///
    /// # Errors
    /// What the backend gives.
    fn after(&self, _tape: &Tape<B>, _id: NodeId, _input: NodeId, dx: B::Tensor) -> Result<B::Tensor> {
        Ok(dx)
    }
}

impl<B: Backend> Rule<B> for ReluRule {
    fn relu(&self) -> ReluRule {
        *self
    }
}
