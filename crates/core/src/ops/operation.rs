//! What an op says about itself, and what it is given in return.

use crate::{Activation, Backend, Error, Gate, ReluRule, Result, Shape};

/// All that anybody asks of an op, in one place: the graph its shape, the tape its vjp and what that needs, a model file its name and
/// fields. Nothing here has an answer for ops that were not thought of, but for the two methods whose answer costs no more than time.
pub(crate) trait Operation: Copy + 'static {
    /// A layer's weights in a backend's own form; `()` for an op without.
    type Prepared<B: Backend>;

    /// An op of every kind that the type stands for, its fields still to be read: what a model file may name.
    const KINDS: &'static [Self];

    /// Its name in model files and in errors.
    fn name(&self) -> &'static str;

    /// Shows all its fields, in the order of a model file.
    fn fields(&mut self, fields: &mut dyn Fields);

    /// The output's shape for these inputs.
    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape>;

    /// The parameters of a layer: suffix of the name, and extents.
    fn parameters(&self) -> Vec<(&'static str, Vec<usize>)>;

    /// Whether the op is `y = activation(A·x + b)`, with `b` its second parameter: what is checked as an adjoint.
    fn has_bias(&self) -> bool;

    /// What its vjp needs beyond shapes.
    fn keeps(&self) -> Keeps;

    /// Whether a position of the output is one of the input still, so that a heatmap of it means something.
    fn keeps_positions(&self) -> bool;

    /// The activation that is part of the op. A gradient that arrives may have passed it already ([`Kept::passed`]); where an op says
    /// that it has none, none is passed for it.
    fn fused_activation(&self) -> Activation {
        Activation::None
    }

    /// Whether its vjp applies [`Back::gate`]; else there is none, and the layer before does so by itself.
    fn takes_gate(&self) -> bool {
        false
    }

    /// Hands the parameters to the backend, in the order of [`parameters`](Self::parameters).
    fn prepare<B: Backend>(&self, backend: &B, weights: &[&[f32]]) -> Result<Self::Prepared<B>>;

    /// Runs the layer; `y` is the shape that [`output_shape`](Self::output_shape) gave.
    fn forward<B: Backend>(
        &self,
        backend: &B,
        prepared: &Self::Prepared<B>,
        inputs: &[B::Tensor],
        y: Shape,
    ) -> Result<Forward<B>>;

    /// The gradient of an input, given that of the output.
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        prepared: &Self::Prepared<B>,
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor>;
}

/// Who reads or writes an op's fields. A reader sets the values that it is shown, a writer takes them.
///
/// A reader that finds something wrong remembers it, and leaves the value as it is.
pub trait Fields {
    /// A count or size.
    fn number(&mut self, name: &'static str, value: &mut usize);
    /// Several of them, always as many.
    fn numbers(&mut self, name: &'static str, values: &mut [usize]);
    /// Yes or no.
    fn flag(&mut self, name: &'static str, value: &mut bool);
    /// One of several names, by its place among them.
    fn choice(&mut self, name: &'static str, place: &mut usize, names: &[&'static str]);
    /// The extents of a parameter. They are no fields where the parameters themselves are at hand.
    fn extents(&mut self, parameter: &'static str, extents: &mut [&mut usize]);
}

/// What a layer must have kept from the forward pass for its vjp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeps {
    /// These of its inputs.
    pub inputs: &'static [usize],
    /// Its output.
    pub output: bool,
    /// Where its maxima came from.
    pub argmax: bool,
}

impl Keeps {
    /// Shapes are enough.
    pub const NOTHING: Self = Self { inputs: &[], output: false, argmax: false };
    /// Its output, for example for the sign that is the ReLU mask.
    pub const OUTPUT: Self = Self { output: true, ..Self::NOTHING };
    /// Where its maxima came from.
    pub const ARGMAX: Self = Self { argmax: true, ..Self::NOTHING };
}

/// The result of one layer's forward.
pub(crate) struct Forward<B: Backend> {
    pub y: B::Tensor,
    pub argmax: Option<B::Argmax>,
}

impl<B: Backend> Forward<B> {
    /// Of an op without maxima.
    pub(crate) fn of(y: B::Tensor) -> Self {
        Self { y, argmax: None }
    }
}

/// What a vjp may look at: shapes, and what [`Op::keeps`](crate::Op::keeps) asked for.
pub(crate) struct Kept<'a, B: Backend> {
    pub shapes: &'a [Shape],
    pub inputs: &'a [Option<&'a B::Tensor>],
    pub output: Option<&'a B::Tensor>,
    pub argmax: Option<&'a B::Argmax>,
    /// The gradient has already passed the op's fused activation, as the [`Gate`] of the layer behind it.
    pub passed: bool,
}

impl<B: Backend> Kept<'_, B> {
    /// Whether all is there.
    pub(crate) fn holds(&self, keeps: Keeps) -> bool {
        keeps.inputs.iter().all(|&i| self.input(i).is_ok())
            && (!keeps.output || self.output.is_some())
            && (!keeps.argmax || self.argmax.is_some())
    }

    /// The output. [`Tape::backward`](crate::Tape::backward) has checked that the forward pass kept it.
    pub(super) fn output(&self) -> Result<&B::Tensor> {
        self.output.ok_or_else(|| Error::NotRetained("the output".into()))
    }

    /// Input `i`; likewise.
    pub(super) fn input(&self, i: usize) -> Result<&B::Tensor> {
        self.inputs.get(i).copied().flatten().ok_or_else(|| Error::NotRetained("an input".into()))
    }

    /// Where the maxima came from; likewise.
    pub(super) fn argmax(&self) -> Result<&B::Argmax> {
        self.argmax.ok_or_else(|| Error::NotRetained("the maxima".into()))
    }

    /// The shape of input `i`; the graph has checked the number of inputs.
    pub(super) fn shape(&self, i: usize) -> Result<Shape> {
        let given = self.shapes.len();
        self.shapes.get(i).copied().ok_or_else(|| Error::InvalidGraph(format!("input {i} of {given}")))
    }
}

/// What is asked of a vjp.
pub(crate) struct Back<'a, B: Backend> {
    /// The gradient of the output.
    pub dy: &'a B::Tensor,
    /// The input whose gradient is wanted.
    pub input: usize,
    /// What the op's own ReLUs let through.
    pub rule: ReluRule,
    /// The activation of the layer before, for an op that [takes](Operation::takes_gate) it along.
    pub gate: Option<Gate<'a, B::Tensor>>,
}

/// The only input of an op that has one.
pub(super) fn one<T>(inputs: &[T]) -> Result<&T> {
    match inputs {
        [x] => Ok(x),
        _ => Err(takes("1 input", inputs.len())),
    }
}

/// The two inputs of an op that has two.
pub(super) fn two<T>(inputs: &[T]) -> Result<(&T, &T)> {
    match inputs {
        [a, b] => Ok((a, b)),
        _ => Err(takes("2 inputs", inputs.len())),
    }
}

#[cold]
fn takes(needed: &str, given: usize) -> Error {
    Error::InvalidGraph(format!("takes {needed}, got {given}"))
}

/// What an op without parameters says of them.
macro_rules! no_parameters {
    () => {
        type Prepared<B: $crate::Backend> = ();

        fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
            Vec::new()
        }

        fn has_bias(&self) -> bool {
            false
        }

        fn prepare<B: $crate::Backend>(&self, _backend: &B, _weights: &[&[f32]]) -> $crate::Result<()> {
            Ok(())
        }
    };
}

/// What an op without fields says of them.
macro_rules! no_fields {
    () => {
        fn fields(&mut self, _fields: &mut dyn $crate::ops::Fields) {}
    };
}

pub(super) use {no_fields, no_parameters};
