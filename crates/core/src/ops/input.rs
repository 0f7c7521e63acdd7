//! The picture: the first layer of every graph, without inputs, never computed. Kept: nothing.

use super::{Back, Forward, Keeps, Kept, Operation, no_fields, no_parameters};
use crate::{Backend, Error, Result, Shape};

/// The picture; only ever the first node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Input;

fn first_only<T>() -> Result<T> {
    Err(Error::InvalidGraph("`input` is the first layer only".into()))
}

impl Operation for Input {
    no_parameters!();
    no_fields!();

    /// None: a model file does not list the input.
    const KINDS: &'static [Self] = &[];

    fn name(&self) -> &'static str {
        "input"
    }

    fn output_shape(&self, _inputs: &[Shape]) -> Result<Shape> {
        first_only()
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn forward<B: Backend>(
        &self,
        _backend: &B,
        (): &(),
        _inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        first_only()
    }

    fn vjp<B: Backend>(
        &self,
        _backend: &B,
        (): &(),
        _kept: &Kept<'_, B>,
        _back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        first_only()
    }
}
