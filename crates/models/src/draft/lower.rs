//! A normalised draft as layers and weights.

use candling_core::ops::{Affine, Conv2d, Linear, Relu, Window};
use candling_core::{Node, Op, Weight, Weights};
use half::f16;

use super::{Draft, DraftNode, DraftOp, Tensor};

impl Draft {
    /// The layers in order and their weights, rounded once from `f64` to `f16`, as a model file holds them.
    ///
    /// # Errors
    /// The node that no layer can stand for, and why.
    pub fn into_layers(self) -> Result<(Vec<Node>, Weights), String> {
        let mut weights = Weights::new();
        let layers = self.nodes.iter().map(|node| self.layer(node, &mut weights));
        let layers = layers.collect::<Result<Vec<Node>, String>>()?;
        Ok((layers, weights))
    }

    fn layer(&self, node: &DraftNode, weights: &mut Weights) -> Result<Node, String> {
        let mut store = |suffix: &str, tensor: &Tensor| {
            let data = tensor.data.iter().map(|&v| f16::from_f64(v).to_f32()).collect();
            weights.insert(format!("{}.{suffix}", node.name), Weight { shape: tensor.shape.clone(), data });
        };
        let constant = |at| node.constant(at, &self.constants);
        let op = match &node.op {
            &DraftOp::Conv2d { stride, padding, dilation, groups, activation } => {
                let weight = constant(1)?;
                let &[out, per_group, height, width] = weight.shape.as_slice() else {
                    return Err(node.wrong_rank(weight, 4));
                };
                store("weight", weight);
                match node.inputs.len() {
                    2 => store("bias", &Tensor { shape: vec![out], data: vec![0.0; out] }),
                    _ => store("bias", constant(2)?),
                }
                let window = Window { padding, dilation, ..Window::new([height, width], stride) };
                let in_channels = per_group.saturating_mul(groups);
                Op::Conv2d(Conv2d { in_channels, out_channels: out, window, groups, activation })
            }
            DraftOp::Linear => {
                let weight = constant(1)?;
                let &[out_features, in_features] = weight.shape.as_slice() else {
                    return Err(node.wrong_rank(weight, 2));
                };
                store("weight", weight);
                store("bias", constant(2)?);
                Op::Linear(Linear { in_features, out_features })
            }
            DraftOp::Affine => {
                let scale = constant(1)?;
                store("weight", scale);
                store("bias", constant(2)?);
                Op::Affine(Affine { channels: scale.data.len() })
            }
            &DraftOp::Activation(activation) => Op::Relu(Relu { activation }),
            DraftOp::Plain(op) => *op,
            DraftOp::Pad(_) => {
                return Err(format!(
                    "{} pads what no convolution takes; only a padding before a convolution is known",
                    node.described()
                ));
            }
            DraftOp::BatchNorm { .. } | DraftOp::Identity => {
                return Err(format!("{} was not normalised", node.described()));
            }
        };
        let inputs = node.inputs.iter().filter(|name| !self.constants.contains_key(*name));
        Ok(Node { name: node.name.clone(), op, inputs: inputs.cloned().collect() })
    }
}

impl DraftNode {
    fn wrong_rank(&self, weight: &Tensor, rank: usize) -> String {
        format!("{}: its weight has extents {:?}, needed {rank} of them", self.described(), weight.shape)
    }
}
