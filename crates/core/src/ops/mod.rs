//! The ops: one file each, with its parameters, its shape rule, its forward and its vjp.
//!
//! The kernels are a [`Backend`]'s; an op here says which of them to call, with what, and what it needs to
//! have kept for the way back ([`Op::keeps`]).

mod add;
mod affine;
mod applied;
mod avg_pool;
mod concat;
mod conv2d;
mod flatten;
mod global_avg_pool;
mod linear;
mod max_pool;
mod relu;
mod window;

pub use add::Add;
pub use affine::Affine;
pub use applied::Applied;
pub use avg_pool::AvgPool;
pub use concat::Concat;
pub use conv2d::Conv2d;
pub use flatten::Flatten;
pub use global_avg_pool::GlobalAvgPool;
pub use linear::Linear;
pub use max_pool::MaxPool;
pub use relu::Relu;
pub use window::{Padding, Window};

use crate::{Activation, Backend, Error, Gate, ReluRule, Result, Shape, Weights};

/// What a layer computes.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// The picture; only ever the first node.
    Input,
    /// Convolution, bias and activation fused.
    Conv2d(Conv2d),
    /// Matrix product with bias.
    Linear(Linear),
    /// ReLU or ReLU6 on its own.
    Relu(Relu),
    /// Maximum over windows.
    MaxPool(MaxPool),
    /// Mean over windows.
    AvgPool(AvgPool),
    /// Mean over all positions.
    GlobalAvgPool(GlobalAvgPool),
    /// Sum of two inputs.
    Add(Add),
    /// Channels of all inputs, one after the other.
    Concat(Concat),
    /// Scale and shift per channel.
    Affine(Affine),
    /// Positions folded into channels.
    Flatten(Flatten),
}

/// What a layer must have kept from the forward pass for its vjp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Shapes are enough.
    Nothing,
    /// Its output, whose sign is the ReLU mask.
    Output,
    /// Where its maxima came from.
    Argmax,
}

/// A layer's weights in a backend's own form.
pub(crate) enum Prepared<B: Backend> {
    None,
    Conv(B::Conv),
    Linear(B::Linear),
    Affine(B::Affine),
}

/// The result of one layer's forward.
pub(crate) struct Forward<B: Backend> {
    pub y: B::Tensor,
    pub argmax: Option<B::Argmax>,
}

/// What a vjp may look at: shapes, and what [`Op::keeps`] asked for.
pub(crate) struct Kept<'a, B: Backend> {
    pub inputs: &'a [Shape],
    pub y: Option<&'a B::Tensor>,
    /// `dy` has already passed the op's fused activation, as the [`Gate`] of the layer behind it.
    pub passed: bool,
    pub argmax: Option<&'a B::Argmax>,
}

impl<B: Backend> Kept<'_, B> {
    /// The output. [`Tape::backward`](crate::Tape::backward) has checked that the forward pass kept it.
    fn y(&self) -> Result<&B::Tensor> {
        self.y.ok_or_else(|| Error::NotRetained("the output".into()))
    }

    /// Where the maxima came from; likewise.
    fn argmax(&self) -> Result<&B::Argmax> {
        self.argmax.ok_or_else(|| Error::NotRetained("the maxima".into()))
    }

    /// The shape of input `i`; the graph has checked the number of inputs.
    fn input(&self, i: usize) -> Result<Shape> {
        self.inputs
            .get(i)
            .copied()
            .ok_or_else(|| Error::InvalidGraph(format!("input {i} of {}", self.inputs.len())))
    }
}

impl Op {
    /// The op's name, as in the model file and in error messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Conv2d(_) => "conv2d",
            Self::Linear(_) => "linear",
            Self::Relu(op) => op.name(),
            Self::MaxPool(_) => "max_pool",
            Self::AvgPool(_) => "avg_pool",
            Self::GlobalAvgPool(_) => "global_avg_pool",
            Self::Add(_) => "add",
            Self::Concat(_) => "concat",
            Self::Affine(_) => "affine",
            Self::Flatten(_) => "flatten",
        }
    }

    /// What the vjp needs beyond shapes.
    #[must_use]
    pub fn keeps(&self) -> Keeps {
        match self {
            Self::Conv2d(op) if op.activation != Activation::None => Keeps::Output,
            Self::Relu(_) => Keeps::Output,
            Self::MaxPool(_) => Keeps::Argmax,
            _ => Keeps::Nothing,
        }
    }

    /// The activation that is part of the op; `None` for those without.
    pub(crate) fn fused_activation(&self) -> Activation {
        match self {
            Self::Conv2d(op) => op.activation,
            _ => Activation::None,
        }
    }

    /// Whether the op's vjp can take a [`Gate`].
    pub(crate) fn takes_gate(&self) -> bool {
        matches!(self, Self::Conv2d(_))
    }

    /// Whether the op keeps the positions of its input apart; see [`Graph::has_positions`](crate::Graph::has_positions).
    pub(crate) fn is_spatial(&self) -> bool {
        !matches!(self, Self::Linear(_) | Self::GlobalAvgPool(_) | Self::Flatten(_))
    }

    /// The output's shape for these inputs.
    ///
    /// # Errors
    /// [`Error::BadShape`] or [`Error::InvalidGraph`] if the op cannot take them.
    pub fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let one = || match inputs {
            [x] => Ok(*x),
            _ => Err(Error::InvalidGraph(format!("takes 1 input, got {}", inputs.len()))),
        };
        let y = match self {
            Self::Input => return Err(Error::InvalidGraph("`input` is the first layer only".into())),
            Self::Conv2d(op) => op.output_shape(one()?),
            Self::Linear(op) => op.output_shape(one()?),
            Self::Relu(_) => Ok(one()?),
            Self::MaxPool(op) => op.output_shape(one()?),
            Self::AvgPool(op) => op.output_shape(one()?),
            Self::GlobalAvgPool(op) => Ok(op.output_shape(one()?)),
            Self::Add(op) => op.output_shape(inputs),
            Self::Concat(op) => op.output_shape(inputs),
            Self::Affine(op) => op.output_shape(one()?),
            Self::Flatten(op) => Ok(op.output_shape(one()?)),
        }?;
        y.checked("output")
    }

    /// The parameters of a layer of this op: suffix of the name, and extents.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        match self {
            Self::Conv2d(op) => op.parameters(),
            Self::Linear(op) => op.parameters(),
            Self::Affine(op) => op.parameters(),
            _ => Vec::new(),
        }
    }

    /// A layer's parameters, checked, in the order of [`Op::parameters`].
    pub(crate) fn weights<'w>(&self, layer: &str, weights: &'w Weights) -> Result<Vec<&'w [f32]>> {
        let find = |(suffix, shape): (&str, Vec<usize>)| find_weight(weights, layer, suffix, &shape);
        self.parameters().into_iter().map(find).collect()
    }

    pub(crate) fn prepare<B: Backend>(
        &self,
        backend: &B,
        layer: &str,
        weights: &Weights,
    ) -> Result<Prepared<B>> {
        match (self, self.weights(layer, weights)?.as_slice()) {
            (Self::Conv2d(op), [w, b]) => Ok(Prepared::Conv(backend.prepare_conv2d(op, w, b)?)),
            (Self::Linear(_), [w, b]) => Ok(Prepared::Linear(backend.prepare_linear(w, b)?)),
            (Self::Affine(_), [w, b]) => Ok(Prepared::Affine(backend.prepare_affine(w, b)?)),
            _ => Ok(Prepared::None),
        }
    }

    /// Runs the layer; `y` is the shape that [`Op::output_shape`] gave.
    pub(crate) fn forward<B: Backend>(
        &self,
        backend: &B,
        prepared: &Prepared<B>,
        inputs: &[B::Tensor],
        y: Shape,
    ) -> Result<Forward<B>> {
        let y = match (self, prepared, inputs) {
            (Self::Conv2d(op), Prepared::Conv(w), [x]) => op.forward(backend, w, x, y),
            (Self::Linear(op), Prepared::Linear(w), [x]) => op.forward(backend, w, x),
            (Self::Affine(op), Prepared::Affine(w), [x]) => op.forward(backend, w, x),
            (Self::Relu(op), _, [x]) => op.forward(backend, x),
            (Self::MaxPool(op), _, [x]) => return op.forward(backend, x, y),
            (Self::AvgPool(op), _, [x]) => op.forward(backend, x, y),
            (Self::GlobalAvgPool(op), _, [x]) => op.forward(backend, x),
            (Self::Add(op), _, [a, b]) => op.forward(backend, a, b),
            (Self::Concat(op), _, xs) => op.forward(backend, xs),
            (Self::Flatten(op), _, [x]) => op.forward(backend, x, y),
            _ => Err(Error::InvalidGraph(format!("cannot run with {} inputs", inputs.len()))),
        }?;
        Ok(Forward { y, argmax: None })
    }

    /// The gradient of input `i`, given that of the output; past `gate`, if the op [takes](Self::takes_gate) one.
    #[allow(clippy::too_many_arguments)] // what was kept, what arrives, what to do with it
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        prepared: &Prepared<B>,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
        i: usize,
        rule: ReluRule,
        gate: Option<Gate<'_, B::Tensor>>,
    ) -> Result<B::Tensor> {
        match (self, prepared) {
            (Self::Conv2d(op), Prepared::Conv(w)) => op.vjp(backend, w, kept, dy, rule, gate),
            (Self::Linear(op), Prepared::Linear(w)) => op.vjp(backend, w, dy),
            (Self::Affine(op), Prepared::Affine(w)) => op.vjp(backend, w, dy),
            (Self::Relu(op), _) => op.vjp(backend, kept, dy, rule),
            (Self::MaxPool(op), _) => op.vjp(backend, kept, dy),
            (Self::AvgPool(op), _) => op.vjp(backend, kept, dy),
            (Self::GlobalAvgPool(op), _) => op.vjp(backend, kept, dy),
            (Self::Add(op), _) => op.vjp(backend, kept, dy, i),
            (Self::Concat(op), _) => op.vjp(backend, kept, dy, i),
            (Self::Flatten(op), _) => op.vjp(backend, kept, dy),
            _ => Err(Error::Unsupported("vjp of this op")),
        }
    }
}

fn find_weight<'w>(weights: &'w Weights, layer: &str, suffix: &str, shape: &[usize]) -> Result<&'w [f32]> {
    let name = format!("{layer}.{suffix}");
    let weight = weights.get(&name).ok_or_else(|| Error::MissingWeight(name.clone()))?;
    let values = shape.iter().copied().try_fold(1, usize::checked_mul);
    if weight.shape != shape || values != Some(weight.data.len()) {
        return Err(Error::BadShape {
            what: format!("weight `{name}`"),
            given: format!("{:?} ({} values)", weight.shape, weight.data.len()),
            needed: format!("{shape:?}"),
        });
    }
    Error::check_finite(&format!("weight `{name}`"), &weight.data)?;
    Ok(&weight.data)
}
