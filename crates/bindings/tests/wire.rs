//! A graph comes out of the bytes as it went in, and no bytes make it panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use candling_bindings::wire;
use candling_core::ops::{
    Add, Affine, AvgPool, ChannelShuffle, Concat, Conv2d, Flatten, GlobalAvgPool, Linear, MaxPool, Mul,
    Padding, Relu, Unary, Window,
};
use candling_core::{Activation, Graph, Node, Op, Shape};
use candling_models::Model;

/// Every op, with fields that all differ.
fn every_op() -> Graph {
    let padding = Padding { top: 1, bottom: 2, left: 0, right: 3 };
    let window = Window { kernel: [5, 4], stride: [2, 1], padding, dilation: [1, 2] };
    let pool =
        Window { dilation: [1, 1], padding: Padding { top: 1, bottom: 2, left: 1, right: 0 }, ..window };
    let conv = Conv2d { in_channels: 4, out_channels: 6, window, groups: 2, activation: Activation::Relu6 };
    let layers = [
        ("conv", Op::Conv2d(conv), vec!["input"]),
        ("relu", Op::Relu(Relu { activation: Activation::Relu }), vec!["conv"]),
        ("affine", Op::Affine(Affine { channels: 6 }), vec!["relu"]),
        ("add", Op::Add(Add), vec!["affine", "conv"]),
        ("concat", Op::Concat(Concat), vec!["add", "relu"]),
        ("max", Op::MaxPool(MaxPool { window: pool, ceil_mode: true }), vec!["concat"]),
        (
            "avg",
            Op::AvgPool(AvgPool { window: pool, ceil_mode: false, count_include_pad: true }),
            vec!["max"],
        ),
        ("relu6", Op::Relu(Relu { activation: Activation::Relu6 }), vec!["avg"]),
        ("shuffle", Op::ChannelShuffle(ChannelShuffle { groups: 3 }), vec!["relu6"]),
        ("pool", Op::GlobalAvgPool(GlobalAvgPool), vec!["shuffle"]),
        ("flatten", Op::Flatten(Flatten), vec!["pool"]),
        ("linear", Op::Linear(Linear { in_features: 12, out_features: 7 }), vec!["flatten"]),
        ("product", Op::Mul(Mul), vec!["linear", "linear"]),
    ];
    let names: Vec<String> = Unary::ALL.iter().map(|f| format!("{f:?}")).collect();
    let mut layers = layers.to_vec();
    for (&f, name) in Unary::ALL.iter().zip(&names) {
        let from = layers.last().unwrap().0;
        layers.push((name, Op::Unary(f), vec![from]));
    }
    let node = |(name, op, inputs): (&str, Op, Vec<&str>)| Node {
        name: name.into(),
        op,
        inputs: inputs.into_iter().map(String::from).collect(),
    };
    Graph::new(Shape::new(1, 4, 40, 30), layers.into_iter().map(node).collect()).unwrap()
}

#[test]
fn every_op_comes_back() {
    let graph = every_op();
    for kind in Op::kinds() {
        assert!(graph.nodes().iter().any(|node| node.op.name() == kind.name()), "no {}", kind.name());
    }
    let default = graph.find("avg").unwrap();
    let bytes = wire::encode(&graph, default);
    let (back, layer) = wire::decode(&bytes).unwrap();
    assert_eq!(back.nodes(), graph.nodes());
    assert_eq!(back.shape(back.input()), graph.shape(graph.input()));
    assert_eq!(layer, default);
}

#[test]
fn bytes_of_nothing_are_refused() {
    let bytes = wire::encode(&every_op(), every_op().output());
    for cut in 0..bytes.len() {
        assert_eq!(wire::decode(&bytes[..cut]).unwrap_err().code(), "invalid-graph", "{cut} bytes");
    }
    for i in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[i] ^= 0xa5;
        // another graph, or an error
        let _ = wire::decode(&wrong);
    }
}

#[test]
fn weights_come_back() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/models/efficientnet-lite0.safetensors");
    let model = Model::from_bytes(&std::fs::read(file).unwrap()).unwrap();
    let values = wire::flatten(model.graph(), model.weights());
    assert_eq!(wire::unflatten(model.graph(), &values).unwrap(), *model.weights());
    let missing = wire::unflatten(model.graph(), &values[1..]).unwrap_err();
    assert_eq!(missing.code(), "missing-weight");
}
