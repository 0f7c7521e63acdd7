//! The ops: one file each, with parameters, shape rule, forward pass and vjp.
//!
//! An op says everything about itself in its file, as an `Operation`; the list below makes the enum [`Op`] of
//! them. The kernels are a [`Backend`]'s: an op says which of them to call and which tensors its vjp needs
//! ([`Op::keeps`]).

mod add;
mod affine;
mod applied;
mod avg_pool;
mod broadcast;
mod channel_shuffle;
mod concat;
mod conv2d;
mod flatten;
mod global_avg_pool;
mod index_map;
mod input;
mod linear;
mod max_pool;
mod mul;
mod operation;
mod reduce;
mod relu;
mod unary;
mod window;

pub use add::Add;
pub use affine::Affine;
pub use applied::Applied;
pub use avg_pool::AvgPool;
pub use broadcast::Binary;
pub use channel_shuffle::ChannelShuffle;
pub use concat::Concat;
pub use conv2d::Conv2d;
pub use flatten::Flatten;
pub use global_avg_pool::GlobalAvgPool;
pub use index_map::IndexMap;
pub use input::Input;
pub use linear::Linear;
pub use max_pool::MaxPool;
pub use mul::Mul;
pub use operation::{Fields, Keeps};
pub use reduce::Reduce;
pub use relu::Relu;
pub use unary::Unary;
pub use window::{Padding, Window};

pub(crate) use operation::{Back, Forward, Kept};

use operation::{Operation, no_fields, no_parameters, one, two};

use crate::{Activation, Backend, Error, Result, Shape, Weights};

/// Generates, from the list of types, the enum of ops, the enum of their prepared weights, and for each
/// method a match that delegates to the type.
macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// The operation of a layer.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Op {
            $($(#[$doc])* $name($name)),*
        }

        /// A layer's weights in the backend's format.
        pub(crate) enum Prepared<B: Backend> {
            $($name(<$name as Operation>::Prepared<B>)),*
        }

        impl Op {
            /// All kinds of ops that a model file may name, with placeholder fields.
            #[must_use]
            pub fn kind(place: usize) -> Option<Self> {
                let mut rest = place;
                $(
                    if let Some(&op) = $name::KINDS.get(rest) {
                        return Some(Self::$name(op));
                    }
                    rest = rest.saturating_sub($name::KINDS.len());
                )*
                let _ = rest;
                None
            }

            /// Name of the op, in model files and error messages.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(op) => op.name()),* }
            }

            /// Passes all fields to a reader or writer, in the order of a model file.
            pub fn fields(&mut self, fields: &mut dyn Fields) {
                match self { $(Self::$name(op) => op.fields(fields)),* }
            }

            /// The tensors that the vjp needs besides shapes.
            #[must_use]
            pub fn keeps(&self) -> Keeps {
                match self { $(Self::$name(op) => op.keeps()),* }
            }

            /// The parameters of a layer of this op: name suffix and extents.
            #[must_use]
            pub fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
                match self { $(Self::$name(op) => op.parameters()),* }
            }

            /// Whether the op is `y = activation(A·x + b)`, with `b` its second parameter.
            pub(crate) fn has_bias(&self) -> bool {
                match self { $(Self::$name(op) => op.has_bias()),* }
            }

            /// The activation that is fused into the op; `None` for ops without.
            pub(crate) fn fused_activation(&self) -> Activation {
                match self { $(Self::$name(op) => op.fused_activation()),* }
            }

            /// Whether the op's vjp can take a [`Gate`](crate::Gate).
            pub(crate) fn takes_gate(&self) -> bool {
                match self { $(Self::$name(op) => op.takes_gate()),* }
            }

            /// Whether the op keeps the positions of its input; see
            /// [`Graph::has_positions`](crate::Graph::has_positions).
            pub(crate) fn keeps_positions(&self) -> bool {
                match self { $(Self::$name(op) => op.keeps_positions()),* }
            }

            fn unchecked_output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
                match self { $(Self::$name(op) => op.output_shape(inputs)),* }
            }

            pub(crate) fn prepare<B: Backend>(
                &self,
                backend: &B,
                layer: &str,
                weights: &Weights,
            ) -> Result<Prepared<B>> {
                let weights = self.weights(layer, weights)?;
                Ok(match self { $(Self::$name(op) => Prepared::$name(op.prepare(backend, &weights)?)),* })
            }

            /// Runs the op; `y` is the shape that [`Op::output_shape`] returned.
            pub(crate) fn forward<B: Backend>(
                &self,
                backend: &B,
                prepared: &Prepared<B>,
                inputs: &[B::Tensor],
                y: Shape,
            ) -> Result<Forward<B>> {
                match (self, prepared) {
                    $((Self::$name(op), Prepared::$name(prepared)) => op.forward(backend, prepared, inputs, y),)*
                    _ => Err(prepared_for_another()),
                }
            }

            /// The gradient of an input.
            pub(crate) fn vjp<B: Backend>(
                &self,
                backend: &B,
                prepared: &Prepared<B>,
                kept: &Kept<'_, B>,
                back: Back<'_, B>,
            ) -> Result<B::Tensor> {
                match (self, prepared) {
                    $((Self::$name(op), Prepared::$name(prepared)) => op.vjp(backend, prepared, kept, back),)*
                    _ => Err(prepared_for_another()),
                }
            }
        }
    };
}

ops! {
    /// The picture; only ever the first node.
    Input,
    /// Convolution with fused bias and activation.
    Conv2d,
    /// Matrix product with bias.
    Linear,
    /// ReLU or ReLU6, not fused.
    Relu,
    /// Smooth element-wise function.
    Unary,
    /// Maximum over windows.
    MaxPool,
    /// Mean over windows.
    AvgPool,
    /// Mean over all positions.
    GlobalAvgPool,
    /// Sum of two inputs.
    Add,
    /// Product of two inputs.
    Mul,
    /// Concatenation of the channels of all inputs.
    Concat,
    /// Channels of groups, interleaved.
    ChannelShuffle,
    /// Scale and shift per channel.
    Affine,
    /// Flattening of positions into channels.
    Flatten,
}

impl Op {
    /// An op of every kind that a model file may name, its fields still to be read.
    #[must_use]
    pub fn kinds() -> Vec<Self> {
        (0..).map_while(Self::kind).collect()
    }

    /// The output's shape for these inputs.
    ///
    /// # Errors
    /// [`Error::BadShape`] or [`Error::InvalidGraph`] if the op does not take these inputs.
    pub fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        self.unchecked_output_shape(inputs)?.checked("output")
    }

    /// Finds and checks a layer's parameters, in the order of [`Op::parameters`].
    pub(crate) fn weights<'w>(&self, layer: &str, weights: &'w Weights) -> Result<Vec<&'w [f32]>> {
        let find = |(suffix, shape): (&str, Vec<usize>)| find_weight(weights, layer, suffix, &shape);
        self.parameters().into_iter().map(find).collect()
    }
}

fn prepared_for_another() -> Error {
    Error::InvalidGraph("its weights were prepared for another op".into())
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
