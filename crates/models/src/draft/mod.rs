//! Drafts: networks as in a file, before they are a [`Graph`](candling_core::Graph), with the source's own
//! ops, names and constants, unchecked. A format's reader makes a draft, [passes](crate::passes) simplify it,
//! and [`Draft::into_layers`] converts it to layers.

#[cfg(test)]
pub(crate) mod evaluate;
mod lower;

use std::collections::BTreeMap;

use candling_core::ops::Padding;
use candling_core::{Activation, Op};

/// A constant, row-major. In `f64`, so that what passes compute from it is only rounded when it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    /// Extents, as in PyTorch.
    pub shape: Vec<usize>,
    /// Values, as many as the extents say.
    pub data: Vec<f64>,
}

/// Constants by name.
pub(crate) type Constants = BTreeMap<String, Tensor>;

/// A network as in a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// The nodes, in an order in which each reads only earlier ones; the last one gives the logits.
    pub nodes: Vec<DraftNode>,
    /// Constant inputs of the nodes.
    pub constants: Constants,
}

/// One node of a draft.
#[derive(Debug, Clone)]
pub(crate) struct DraftNode {
    /// Unique name, which becomes the layer's.
    pub name: String,
    /// The operation.
    pub op: DraftOp,
    /// Names of nodes, or [`INPUT`](candling_core::INPUT), and then of constants, in the order that the op
    /// states.
    pub inputs: Vec<String>,
    /// The source's name of the node, and those of all nodes merged into it.
    pub aliases: Vec<String>,
}

/// The operation of a node, and its inputs.
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
    /// `γ·(x − mean)/√(variance + ε) + β` per channel, of `(x, γ, β, mean, variance)`.
    BatchNorm { epsilon: f64 },
    /// `x·scale + shift` per channel, of `(x, scale, shift)`.
    Affine,
    /// A separate activation.
    Activation(Activation),
    /// Zero padding.
    Pad(Padding),
    /// An op that changes nothing at inference, such as dropout.
    Identity,
    /// An op of the graph without constants.
    Plain(Op),
}

impl DraftNode {
    /// The name, and the source's name in brackets: for errors.
    pub fn described(&self) -> String {
        match self.aliases.as_slice() {
            [] => format!("`{}`", self.name),
            aliases => format!("`{}` (in the file `{}`)", self.name, aliases.join("`, `")),
        }
    }

    /// The constant at this index of its inputs.
    pub fn constant<'c>(&self, at: usize, constants: &'c Constants) -> Result<&'c Tensor, String> {
        let constant = self.inputs.get(at).and_then(|name| constants.get(name));
        constant.ok_or_else(|| format!("{}: its input {at} is no constant", self.described()))
    }
}
