//! The interface of an op, and the arguments of its methods.

use crate::{Activation, Backend, Error, Gate, ReluRule, Result, Shape};

/// All properties of an op: for the graph its shape, for the tape its vjp and what that needs, for model
/// files its name and fields. Only two methods have a default, which costs nothing but time: no other
/// property of a new op can be forgotten.
pub(crate) trait Operation: Copy + 'static {
    /// A layer's weights in the backend's format; `()` for ops without weights.
    type Prepared<B: Backend>;

    /// All kinds of the type, with placeholder fields: what a model file may name.
    const KINDS: &'static [Self];

    /// Name in model files and error messages.
    fn name(&self) -> &'static str;

    /// Passes all fields to a reader or writer, in the order of a model file.
    fn fields(&mut self, fields: &mut dyn Fields);

    /// The output's shape for these inputs.
    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape>;

    /// The parameters of a layer: name suffix and extents.
    fn parameters(&self) -> Vec<(&'static str, Vec<usize>)>;

    /// Whether the op is `y = activation(A·x + b)`, with `b` its second parameter, so that the adjoint test
    /// applies.
    fn has_bias(&self) -> bool;

    /// The tensors that the vjp needs besides shapes.
    fn keeps(&self) -> Keeps;

    /// Whether a position of the output still corresponds to one of the input, so that a heatmap of it makes
    /// sense.
    fn keeps_positions(&self) -> bool;

    /// The activation that is fused into the op. The incoming gradient may already have passed it
    /// ([`Kept::passed`]); with the default, `None`, it never has.
    fn fused_activation(&self) -> Activation {
        Activation::None
    }

    /// Whether the vjp applies [`Back::gate`]; if not, there is never one, and the previous layer applies its
    /// activation itself.
    fn takes_gate(&self) -> bool {
        false
    }

    /// Prepares the parameters on the backend, in the order of [`parameters`](Self::parameters).
    fn prepare<B: Backend>(&self, backend: &B, weights: &[&[f32]]) -> Result<Self::Prepared<B>>;

    /// Runs the op; `y` is the shape that [`output_shape`](Self::output_shape) returned.
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

/// A reader or writer of an op's fields. A reader sets the values that it is passed, a writer takes them.
///
/// A reader that finds an error remembers it and leaves the value unchanged.
pub trait Fields {
    /// A count or a size.
    fn number(&mut self, name: &'static str, value: &mut usize);
    /// A fixed number of counts or sizes.
    fn numbers(&mut self, name: &'static str, values: &mut [usize]);
    /// A Boolean.
    fn flag(&mut self, name: &'static str, value: &mut bool);
    /// One of several names, by its index.
    fn choice(&mut self, name: &'static str, place: &mut usize, names: &[&'static str]);
    /// The extents of a parameter. A format that stores the parameters themselves need not store them as
    /// fields.
    fn extents(&mut self, parameter: &'static str, extents: &mut [&mut usize]);
}

/// The tensors of the forward pass that a layer's vjp needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeps {
    /// Indices of the inputs that are needed.
    pub inputs: &'static [usize],
    /// Whether the output is needed.
    pub output: bool,
    /// Whether the positions of the maxima are needed.
    pub argmax: bool,
}

impl Keeps {
    /// Nothing: shapes are enough.
    pub const NOTHING: Self = Self { inputs: &[], output: false, argmax: false };
    /// The output, for example for its sign, which is the ReLU mask.
    pub const OUTPUT: Self = Self { output: true, ..Self::NOTHING };
    /// The positions of the maxima.
    pub const ARGMAX: Self = Self { argmax: true, ..Self::NOTHING };
}

/// The result of one layer's forward pass.
pub(crate) struct Forward<B: Backend> {
    pub y: B::Tensor,
    pub argmax: Option<B::Argmax>,
}

impl<B: Backend> Forward<B> {
    /// The result of an op without maxima.
    pub(crate) fn of(y: B::Tensor) -> Self {
        Self { y, argmax: None }
    }
}

/// The tensors that a vjp may use: shapes, and what [`Op::keeps`](crate::Op::keeps) names.
pub(crate) struct Kept<'a, B: Backend> {
    pub shapes: &'a [Shape],
    pub inputs: &'a [Option<&'a B::Tensor>],
    pub output: Option<&'a B::Tensor>,
    pub argmax: Option<&'a B::Argmax>,
    /// Whether the gradient has already passed the op's fused activation, as the [`Gate`] of the next layer.
    pub passed: bool,
}

impl<B: Backend> Kept<'_, B> {
    /// Whether all of these tensors were kept.
    pub(crate) fn holds(&self, keeps: Keeps) -> bool {
        keeps.inputs.iter().all(|&i| self.input(i).is_ok())
            && (!keeps.output || self.output.is_some())
            && (!keeps.argmax || self.argmax.is_some())
    }

    /// The output. [`Tape::backward`](crate::Tape::backward) has checked that the forward pass kept it.
    pub(super) fn output(&self) -> Result<&B::Tensor> {
        self.output.ok_or_else(|| Error::NotRetained("the output".into()))
    }

    /// Input `i`; checked likewise.
    pub(super) fn input(&self, i: usize) -> Result<&B::Tensor> {
        self.inputs.get(i).copied().flatten().ok_or_else(|| Error::NotRetained("an input".into()))
    }

    /// The positions of the maxima; checked likewise.
    pub(super) fn argmax(&self) -> Result<&B::Argmax> {
        self.argmax.ok_or_else(|| Error::NotRetained("the maxima".into()))
    }

    /// The shape of input `i`; the graph has checked the number of inputs.
    pub(super) fn shape(&self, i: usize) -> Result<Shape> {
        let given = self.shapes.len();
        self.shapes.get(i).copied().ok_or_else(|| Error::InvalidGraph(format!("input {i} of {given}")))
    }
}

/// The arguments of a vjp.
pub(crate) struct Back<'a, B: Backend> {
    /// The gradient of the output.
    pub dy: &'a B::Tensor,
    /// The input whose gradient is wanted.
    pub input: usize,
    /// Backward rule for the op's own ReLUs.
    pub rule: ReluRule,
    /// The activation of the previous layer, for ops that [apply](Operation::takes_gate) it.
    pub gate: Option<Gate<'a, B::Tensor>>,
}

/// The input of an op that takes one.
pub(super) fn one<T>(inputs: &[T]) -> Result<&T> {
    match inputs {
        [x] => Ok(x),
        _ => Err(takes("1 input", inputs.len())),
    }
}

/// The inputs of an op that takes two.
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

/// The methods of an op without parameters.
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

/// The methods of an op without fields.
macro_rules! no_fields {
    () => {
        fn fields(&mut self, _fields: &mut dyn $crate::ops::Fields) {}
    };
}

pub(super) use {no_fields, no_parameters};
