//! Runs a network layer by layer, all in `f64`: without the `f32` of a network's input, and without a tape,
//! so that it can start with any values at any layer.

use candling_core::{Graph, Node, Weights};

use super::{Array, Reference};

/// Parameters of all layers, under the names that an op on its own has
/// ([`Op::apply`](candling_core::Op::apply)).
///
/// # Panics
/// If a parameter is missing.
#[must_use]
pub fn parameters(graph: &Graph, weights: &Weights) -> Vec<Weights> {
    let of_layer = |node: &Node| {
        let suffixes = node.op.parameters().into_iter().map(|(suffix, _)| suffix);
        suffixes.map(|s| (format!("op.{s}"), weights[&format!("{}.{s}", node.name)].clone())).collect()
    };
    graph.nodes().iter().map(of_layer).collect()
}

/// Runs the layers after the first few, whose outputs are given (the first is the input), and returns all
/// outputs. The parameters are those of [`parameters`].
///
/// # Panics
/// If a layer cannot take its input.
#[must_use]
pub fn walk_on(graph: &Graph, parameters: &[Weights], mut outputs: Vec<Array>) -> Vec<Array> {
    for id in graph.ids().skip(outputs.len()) {
        let inputs: Vec<Array> = graph.inputs(id).map(|i| outputs[i.index()].clone()).collect();
        let node = graph.node(id);
        let applied = node.op.apply(&Reference, &parameters[id.index()], &inputs);
        let applied = applied.unwrap_or_else(|e| panic!("{}: {e}", node.name));
        outputs.push(applied.output().clone());
    }
    outputs
}
