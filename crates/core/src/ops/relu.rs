//! ReLU and ReLU6 as layers of their own: `y = activation(x)`. The vjp follows the rule of the backward pass,
//! see [`ReluRule`](crate::ReluRule). Kept: `y`, whose sign is the mask.

use super::{Back, Forward, Keeps, Kept, Operation, no_fields, no_parameters, one};
use crate::{Activation, Backend, Gate, Result, Shape};

/// A stand-alone activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relu {
    /// [`Activation::Relu`] or [`Activation::Relu6`].
    pub activation: Activation,
}

impl Operation for Relu {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] =
        &[Self { activation: Activation::Relu }, Self { activation: Activation::Relu6 }];

    fn name(&self) -> &'static str {
        match self.activation {
            Activation::None => "identity",
            Activation::Relu | Activation::Relu6 => self.activation.name(),
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        one(inputs).copied()
    }

    fn keeps(&self) -> Keeps {
        Keeps::OUTPUT
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.activation(one(inputs)?, self.activation)?))
    }

    // y = activation(x)
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        let gate = Gate { y: kept.output()?, activation: self.activation, rule: back.rule };
        backend.gated(back.dy, gate)
    }
}
