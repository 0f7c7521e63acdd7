//! ReLU and ReLU6 as layers of their own: `y = activation(x)`. The vjp follows the rule of the walk, see
//! [`ReluRule`]. Kept: `y`, whose sign is the mask.

use super::Kept;
use crate::{Activation, Backend, ReluRule, Result};

/// A stand-alone activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relu {
    /// [`Activation::Relu`] or [`Activation::Relu6`].
    pub activation: Activation,
}

impl Relu {
    pub(crate) fn name(self) -> &'static str {
        match self.activation {
            Activation::None => "identity",
            Activation::Relu => "relu",
            Activation::Relu6 => "relu6",
        }
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, x: &B::Tensor) -> Result<B::Tensor> {
        backend.activation(x, self.activation)
    }

    // y = activation(x)
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
        rule: ReluRule,
    ) -> Result<B::Tensor> {
        backend.activation_vjp(dy, kept.y()?, self.activation, rule)
    }
}
