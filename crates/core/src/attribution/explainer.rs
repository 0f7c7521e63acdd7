//! Several explanations of one run.

use crate::{Backend, NodeId, ReluRule, Result, Tape, Target};

/// A cached backward pass: its arguments and result.
struct Walk<T> {
    target: Target,
    to: NodeId,
    rule: ReluRule,
    gradient: T,
}

/// Computes explanations of a run and caches the backward passes that several of them share: Guided Grad-CAM
/// uses those of Guided Backpropagation and Grad-CAM, and all CAMs at a layer share one. The cache is dropped
/// with the explainer.
pub struct Explainer<'a, B: Backend> {
    pub(super) tape: &'a Tape<B>,
    walks: Vec<Walk<B::Tensor>>,
}

impl<'a, B: Backend> Explainer<'a, B> {
    /// Creates an explainer with an empty cache.
    #[must_use]
    pub fn new(tape: &'a Tape<B>) -> Self {
        Self { tape, walks: Vec::new() }
    }

    /// [`Tape::backward`], cached.
    pub(super) fn backward(&mut self, target: Target, to: NodeId, rule: ReluRule) -> Result<B::Tensor> {
        let same = |walk: &&Walk<B::Tensor>| (walk.target, walk.to, walk.rule) == (target, to, rule);
        if let Some(walk) = self.walks.iter().find(same) {
            return Ok(walk.gradient.clone());
        }
        let gradient = self.tape.backward(target, to, rule)?;
        self.walks.push(Walk { target, to, rule, gradient: gradient.clone() });
        Ok(gradient)
    }
}
