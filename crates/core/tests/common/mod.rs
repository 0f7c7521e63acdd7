//! Small networks on the reference backend.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)] // each test uses some of it

use std::sync::Arc;

use candling_core::ops::{Conv2d, Flatten, GlobalAvgPool, Linear, Relu, Window};
use candling_core::{Activation, Error, Graph, Network, Node, NodeId, Op, Shape, Weight, Weights};
use candling_testkit::random;
use candling_testkit::reference::Reference;

/// Creates a layer.
pub fn node(name: &str, op: Op, inputs: &[&str]) -> Node {
    Node { name: name.into(), op, inputs: inputs.iter().map(|&input| input.into()).collect() }
}

/// A dense convolution without padding or activation.
pub fn conv(in_channels: usize, out_channels: usize, kernel: usize) -> Conv2d {
    let window = Window::new([kernel; 2], [1, 1]);
    Conv2d { in_channels, out_channels, window, groups: 1, activation: Activation::None }
}

/// A separate ReLU.
pub fn relu(activation: Activation) -> Op {
    Op::Relu(Relu { activation })
}

/// A linear layer.
pub fn linear(in_features: usize, out_features: usize) -> Op {
    Op::Linear(Linear { in_features, out_features })
}

/// `[out, in]` values as a weight.
pub fn weight(shape: &[usize], data: &[f32]) -> Weight {
    Weight { shape: shape.to_vec(), data: data.to_vec() }
}

/// Random parameters in [−1, 1) for every layer.
pub fn random_weights(graph: &Graph, seed: u64) -> Weights {
    let of_node = |(seed, node): (u64, &Node)| {
        let layer = node.name.clone();
        let of_op = random::weights(&node.op, seed).into_iter();
        of_op.map(move |(name, weight)| (name.replacen("op", &layer, 1), weight)).collect::<Vec<_>>()
    };
    (seed..).step_by(1000).zip(graph.nodes()).flat_map(of_node).collect()
}

/// A network on the reference backend.
pub fn network(graph: &Graph, weights: &Weights) -> Arc<Network<Reference>> {
    Arc::new(Network::new(Reference, graph.clone(), weights).unwrap())
}

/// Two 3×3 convolutions with ReLU and ReLU6, pooling, and a classifier of 4 classes: 2×8×8 pictures.
pub fn small_graph() -> Graph {
    let first = Conv2d { activation: Activation::Relu, ..conv(2, 5, 3) };
    let second = Conv2d { activation: Activation::Relu6, ..conv(5, 6, 3) };
    let layers = vec![
        node("first", Op::Conv2d(first), &["input"]),
        node("second", Op::Conv2d(second), &["first"]),
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["second"]),
        node("classifier", linear(6, 4), &["pool"]),
    ];
    Graph::new(SMALL, layers).unwrap()
}

/// The input of [`small_graph`].
pub const SMALL: Shape = Shape::new(1, 2, 8, 8);

/// A ReLU and a linear layer over a picture of one channel, so that the gradient after the ReLU is `row`.
pub fn relu_graph(picture: Shape, activation: Activation, row: &[f32]) -> (Graph, Weights) {
    let layers = vec![
        node("relu", relu(activation), &["input"]),
        node("flatten", Op::Flatten(Flatten), &["relu"]),
        node("classifier", linear(row.len(), 1), &["flatten"]),
    ];
    let weights = [
        ("classifier.weight".into(), weight(&[1, row.len()], row)),
        ("classifier.bias".into(), weight(&[1], &[0.0])),
    ];
    (Graph::new(picture, layers).unwrap(), weights.into())
}

/// The layer of this name.
pub fn layer(graph: &Graph, name: &str) -> NodeId {
    graph.find(name).unwrap()
}

/// Code and message of an error.
pub fn told(error: &Error) -> (&'static str, String) {
    (error.code(), error.to_string())
}
