//! Several questions about one run.

use crate::{Backend, NodeId, ReluRule, Result, Tape, Target};

/// A walk back that was made, and where it led.
struct Walk<T> {
    target: Target,
    to: NodeId,
    rule: ReluRule,
    gradient: T,
}

/// Answers questions about a run, and makes a walk that several of them need but once: Guided Grad-CAM is made of the walks of Guided
/// Backpropagation and Grad-CAM, and all CAMs at a layer of one. What it keeps of them goes with it.
pub struct Explainer<'a, B: Backend> {
    pub(super) tape: &'a Tape<B>,
    walks: Vec<Walk<B::Tensor>>,
}

impl<'a, B: Backend> Explainer<'a, B> {
    /// Nothing is computed yet.
    #[must_use]
    pub fn new(tape: &'a Tape<B>) -> Self {
        Self { tape, walks: Vec::new() }
    }

    /// [`Tape::backward`], once.
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
