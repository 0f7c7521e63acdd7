//! Statistics of trained weights, kept when a backend has taken the weights: enough to draw random ones like
//! them, and to check the forward pass.

use crate::{Graph, NodeId, Result, Weights};

/// Statistics of a network's parameters; a hundredth of their size.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Statistics of each node; empty for nodes without parameters.
    layers: Vec<Layer>,
}

/// Statistics of one layer.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Layer {
    /// Statistics of each tensor, in the order of [`Op::parameters`](crate::Op::parameters).
    pub tensors: Vec<Spread>,
    /// The bias, or shift.
    pub bias: Vec<f32>,
}

/// Mean and standard deviation of a tensor's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub mean: f64,
    pub deviation: f64,
}

impl Trained {
    /// Computes the statistics of this graph's parameters.
    ///
    /// # Errors
    /// As [`Graph::check_weights`].
    pub fn of(graph: &Graph, weights: &Weights) -> Result<Self> {
        let layer = |id: NodeId| {
            let node = graph.node(id);
            let tensors =
                node.op.weights(&node.name, weights).map_err(|e| e.at(&node.name, node.op.name()))?;
            Ok(Layer {
                tensors: tensors.iter().map(|values| Spread::of(values)).collect(),
                bias: tensors
                    .get(1)
                    .filter(|_| node.op.has_bias())
                    .map_or_else(Vec::new, |bias| bias.to_vec()),
            })
        };
        Ok(Self { layers: graph.ids().map(layer).collect::<Result<_>>()? })
    }

    pub(crate) fn layer(&self, id: NodeId) -> &Layer {
        &self.layers[id.index()]
    }
}

impl Spread {
    fn of(values: &[f32]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().copied().map(f64::from).sum::<f64>() / count;
        let variance = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
        Self { mean, deviation: variance.sqrt() }
    }
}
