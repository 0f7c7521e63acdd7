//! A layer in the file, and the [`Node`] that it stands for.
//!
//! Channel counts are not written down: they follow from the weights' extents, so the two cannot disagree.

use candling_core::ops::{
    Add, Affine, AvgPool, Concat, Conv2d, Flatten, GlobalAvgPool, Linear, MaxPool, Padding, Relu, Window,
};
use candling_core::{Activation, Node, Op, Weights};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// One layer; its weights are the tensors `NAME.weight` and `NAME.bias`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    pub name: String,
    pub op: LayerOp,
    pub inputs: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum LayerOp {
    Conv2d {
        stride: [usize; 2],
        /// top, bottom, left, right
        padding: [usize; 4],
        dilation: [usize; 2],
        groups: usize,
        activation: ActivationName,
    },
    Linear,
    Relu,
    Relu6,
    MaxPool {
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [usize; 4],
        dilation: [usize; 2],
        ceil_mode: bool,
    },
    AvgPool {
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [usize; 4],
        ceil_mode: bool,
        count_include_pad: bool,
    },
    GlobalAvgPool,
    Add,
    Concat,
    Affine,
    Flatten,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActivationName {
    None,
    Relu,
    Relu6,
}

impl Layer {
    /// The node, with the channel counts that `weights` give.
    pub(crate) fn into_node(self, weights: &Weights) -> Result<Node> {
        let extents = |rank: usize| {
            let name = format!("{}.weight", self.name);
            let weight = weights.get(&name).ok_or_else(|| {
                Error::BadModel(format!("layer `{}`: its weight `{name}` is missing", self.name))
            })?;
            if weight.shape.len() != rank {
                return Err(Error::BadModel(format!(
                    "layer `{}`: `{name}` has extents {:?}, needed {rank} of them",
                    self.name, weight.shape
                )));
            }
            Ok(weight.shape.as_slice())
        };
        let relu = |activation| Op::Relu(Relu { activation });
        let op = match self.op {
            LayerOp::Conv2d { stride, padding, dilation, groups, activation } => {
                let (out_channels, per_group, kernel) = match extents(4)? {
                    &[o, i, kh, kw] => (o, i, [kh, kw]),
                    _ => (0, 0, [0, 0]),
                };
                Op::Conv2d(Conv2d {
                    in_channels: per_group.saturating_mul(groups),
                    out_channels,
                    window: window(kernel, stride, padding, dilation),
                    groups,
                    activation: match activation {
                        ActivationName::None => Activation::None,
                        ActivationName::Relu => Activation::Relu,
                        ActivationName::Relu6 => Activation::Relu6,
                    },
                })
            }
            LayerOp::Linear => {
                let (out_features, in_features) = match extents(2)? {
                    &[o, i] => (o, i),
                    _ => (0, 0),
                };
                Op::Linear(Linear { in_features, out_features })
            }
            LayerOp::Affine => Op::Affine(Affine { channels: extents(1)?.iter().product() }),
            LayerOp::Relu => relu(Activation::Relu),
            LayerOp::Relu6 => relu(Activation::Relu6),
            LayerOp::MaxPool { kernel, stride, padding, dilation, ceil_mode } => {
                let window = window(kernel, stride, padding, dilation);
                Op::MaxPool(MaxPool { window, ceil_mode })
            }
            LayerOp::AvgPool { kernel, stride, padding, ceil_mode, count_include_pad } => {
                let window = window(kernel, stride, padding, [1, 1]);
                Op::AvgPool(AvgPool { window, ceil_mode, count_include_pad })
            }
            LayerOp::GlobalAvgPool => Op::GlobalAvgPool(GlobalAvgPool),
            LayerOp::Add => Op::Add(Add),
            LayerOp::Concat => Op::Concat(Concat),
            LayerOp::Flatten => Op::Flatten(Flatten),
        };
        Ok(Node { name: self.name, op, inputs: self.inputs })
    }

    /// The layer that stands for a node.
    pub(crate) fn from_node(node: &Node) -> Result<Self> {
        let op = match node.op {
            Op::Input => {
                return Err(Error::BadModel("`input` is not written into a file".into()));
            }
            Op::Conv2d(op) => LayerOp::Conv2d {
                stride: op.window.stride,
                padding: sides(op.window.padding),
                dilation: op.window.dilation,
                groups: op.groups,
                activation: match op.activation {
                    Activation::None => ActivationName::None,
                    Activation::Relu => ActivationName::Relu,
                    Activation::Relu6 => ActivationName::Relu6,
                },
            },
            Op::Linear(_) => LayerOp::Linear,
            Op::Relu(Relu { activation: Activation::Relu6 }) => LayerOp::Relu6,
            Op::Relu(_) => LayerOp::Relu,
            Op::MaxPool(op) => LayerOp::MaxPool {
                kernel: op.window.kernel,
                stride: op.window.stride,
                padding: sides(op.window.padding),
                dilation: op.window.dilation,
                ceil_mode: op.ceil_mode,
            },
            Op::AvgPool(op) => LayerOp::AvgPool {
                kernel: op.window.kernel,
                stride: op.window.stride,
                padding: sides(op.window.padding),
                ceil_mode: op.ceil_mode,
                count_include_pad: op.count_include_pad,
            },
            Op::GlobalAvgPool(_) => LayerOp::GlobalAvgPool,
            Op::Add(_) => LayerOp::Add,
            Op::Concat(_) => LayerOp::Concat,
            Op::Affine(_) => LayerOp::Affine,
            Op::Flatten(_) => LayerOp::Flatten,
        };
        Ok(Self { name: node.name.clone(), op, inputs: node.inputs.clone() })
    }
}

fn window(
    kernel: [usize; 2],
    stride: [usize; 2],
    [top, bottom, left, right]: [usize; 4],
    dilation: [usize; 2],
) -> Window {
    Window { kernel, stride, padding: Padding { top, bottom, left, right }, dilation }
}

fn sides(p: Padding) -> [usize; 4] {
    [p.top, p.bottom, p.left, p.right]
}
