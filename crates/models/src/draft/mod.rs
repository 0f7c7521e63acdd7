//! A network as a file has it, before it is a [`Graph`](candling_core::Graph): the source's own ops, names
//! and constants, with nothing checked. A format's reader makes it, [passes](crate::passes) simplify it, and
//! [`Draft::into_layers`] makes layers of it.

#[cfg(test)]
pub(crate) mod evaluate;
mod lower;

use std::collections::BTreeMap;

use candling_core::ops::Padding;
use candling_core::{Activation, Op};

/// A constant, row-major. In `f64`, so that what passes compute of it is rounded once, when it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    /// Extents, as in PyTorch.
    pub shape: Vec<usize>,
    /// As many values as the extents say.
    pub data: Vec<f64>,
}

/// Constants by name.
pub(crate) type Constants = BTreeMap<String, Tensor>;

/// A network as a file has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// In an order in which each takes only what stands before it; the last one gives the logits.
    pub nodes: Vec<DraftNode>,
    /// What the nodes take besides the outputs of others.
    pub constants: Constants,
}

/// One node of a draft.
#[derive(Debug, Clone)]
pub(crate) struct DraftNode {
    /// Unique; the layer's name at last.
    pub name: String,
    /// What it computes.
    pub op: DraftOp,
    /// Nodes, or [`INPUT`](candling_core::INPUT), and then constants, in the order that the op names.
    pub inputs: Vec<String>,
    /// What the source calls it, and all that was merged into it.
    pub aliases: Vec<String>,
}

/// What a node computes, and of which inputs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DraftOp {
    /// Convolution of `(x, weight [out, in / groups, kh, kw], bias [out])`; the bias may be missing.
    Conv2d {
        stride: [usize; 2],
        padding: Padding,
        dilation: [usize; 2],
        groups: usize,
        activation: Activation,
    },
    /// Matrix product of `(x, weight [out, in], bias [out])`.
    Linear,
    /// `γ·(x − mean)/√(variance + ε) + β` a channel, of `(x, γ, β, mean, variance)`.
    BatchNorm { epsilon: f64 },
    /// `x·scale + shift` a channel, of `(x, scale, shift)`.
    Affine,
    /// An activation on its own.
    Activation(Activation),
    /// Zeros around a picture.
    Pad(Padding),
    /// What changes nothing when a network is asked, such as dropout.
    Identity,
    /// An op without constants that a graph has too.
    Plain(Op),
}

impl DraftNode {
    /// The name, and in brackets what the source calls it: for errors.
    pub fn described(&self) -> String {
        match self.aliases.as_slice() {
            [] => format!("`{}`", self.name),
            aliases => format!("`{}` (in the file `{}`)", self.name, aliases.join("`, `")),
        }
    }

    /// The constant at this place of its inputs.
    pub fn constant<'c>(&self, at: usize, constants: &'c Constants) -> Result<&'c Tensor, String> {
        let constant = self.inputs.get(at).and_then(|name| constants.get(name));
        constant.ok_or_else(|| format!("{}: its input {at} is no constant", self.described()))
    }
}
