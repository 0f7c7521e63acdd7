//! Round trip of a model through bytes: the same model, and the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{
    Add, Affine, AvgPool, Concat, Conv2d, Flatten, GlobalAvgPool, Linear, MaxPool, Padding, Relu, Window,
};
use candling_core::{Activation, Graph, Node, Op, Shape, Weight};
use candling_models::{About, Model, Preprocessing};
use half::f16;

use common::Draft;

/// A model with every op, all options different.
fn every_op() -> Model {
    let node = |name: &str, op: Op, inputs: &[&str]| Node {
        name: name.into(),
        op,
        inputs: inputs.iter().map(|&input| input.into()).collect(),
    };
    let conv = Conv2d {
        in_channels: 3,
        out_channels: 6,
        window: Window {
            kernel: [3, 2],
            stride: [2, 1],
            padding: Padding { top: 0, bottom: 1, left: 2, right: 3 },
            dilation: [1, 2],
        },
        groups: 3,
        activation: Activation::Relu,
    };
    let window = Window { padding: Padding { top: 1, ..Padding::all(0) }, ..Window::new([2, 3], [1, 2]) };
    let dilated = Window { dilation: [2, 1], ..Window::new([2, 1], [2, 1]) };
    let fused = |activation, groups| {
        Op::Conv2d(Conv2d {
            in_channels: 6,
            out_channels: 6,
            window: Window::new([1, 1], [1, 1]),
            groups,
            activation,
        })
    };
    let layers = vec![
        node("conv", Op::Conv2d(conv), &["input"]),
        node("relu", Op::Relu(Relu { activation: Activation::Relu }), &["conv"]),
        node("relu6", Op::Relu(Relu { activation: Activation::Relu6 }), &["conv"]),
        node("add", Op::Add(Add), &["relu", "relu6"]),
        node("max", Op::MaxPool(MaxPool { window, ceil_mode: true }), &["add"]),
        node("avg", Op::AvgPool(AvgPool { window, ceil_mode: true, count_include_pad: false }), &["add"]),
        node("concat", Op::Concat(Concat), &["max", "avg"]),
        node("affine", Op::Affine(Affine { channels: 12 }), &["concat"]),
        node("thin", Op::MaxPool(MaxPool { window: dilated, ceil_mode: false }), &["affine"]),
        node("narrow", Op::Conv2d(Conv2d { in_channels: 12, out_channels: 6, ..conv }), &["thin"]),
        node("none", fused(Activation::None, 6), &["narrow"]),
        node("fused6", fused(Activation::Relu6, 2), &["none"]),
        node("flatten", Op::Flatten(Flatten), &["fused6"]),
        node("gap", Op::GlobalAvgPool(GlobalAvgPool), &["fused6"]),
        node("vector", Op::Concat(Concat), &["flatten", "gap"]),
    ];
    let input = Shape::new(1, 3, 17, 19);
    let features = Graph::new(input, layers.clone()).unwrap();
    let features = features.shape(features.output()).c;
    let linear = Linear { in_features: features, out_features: 2 };
    let layers = [layers, vec![node("classifier", Op::Linear(linear), &["vector"])]].concat();
    let graph = Graph::new(input, layers).unwrap();

    let parameters = graph.nodes().iter().flat_map(|node| {
        let parameters = node.op.parameters().into_iter();
        parameters.map(|(suffix, shape)| {
            let value = |i: usize| f16::from_f64((i as f64 * 0.37).sin()).to_f32();
            let data = (0..shape.iter().product()).map(value).collect();
            (format!("{}.{suffix}", node.name), Weight { shape, data })
        })
    });
    let about = About {
        name: "Every op \u{e9} \"quoted\"".into(),
        licence: "CC0-1.0".into(),
        origin: "this test".into(),
        preprocessing: Preprocessing {
            width: 19,
            height: 17,
            mean: [1.5, 2.5, 3.25],
            std: [64.0, 0.1, -3.0],
            crop_fraction: 1.0,
        },
        labels: vec!["\u{732b}".into(), "dog, or \\ hound".into()],
    };
    Model::new(about, graph.nodes()[1..].to_vec(), parameters.collect(), Some("affine")).unwrap()
}

fn assert_same(a: &Model, b: &Model) {
    assert_eq!((a.about(), a.default_layer()), (b.about(), b.default_layer()));
    assert_eq!(a.graph().nodes(), b.graph().nodes());
    for id in a.graph().ids() {
        assert_eq!(a.graph().shape(id), b.graph().shape(id));
    }
    assert_eq!((a.weights(), a.precision()), (b.weights(), b.precision()));
}

#[test]
fn a_model_comes_back() {
    let model = every_op();
    let bytes = model.to_bytes().unwrap();
    let back = Model::from_bytes(&bytes).unwrap();
    assert_same(&back, &model);
    assert_eq!(back.to_bytes().unwrap(), bytes);
    assert_eq!(model.to_bytes().unwrap(), bytes, "the same bytes whenever it is written");
}

/// The format does not depend on our writer: a hand-made file is read, and reads the same after we write it.
#[test]
fn a_file_made_by_hand_comes_back() {
    let model = Model::from_bytes(&Draft::new().bytes()).unwrap();
    assert_eq!((model.name(), model.labels().names().len()), ("Small", 3));
    assert_eq!(model.graph().shape(model.default_layer()), Shape::new(1, 4, 3, 7));
    let bytes = model.to_bytes().unwrap();
    let back = Model::from_bytes(&bytes).unwrap();
    assert_same(&back, &model);
    assert_eq!(back.to_bytes().unwrap(), bytes);
}

/// `f32` weights are read exactly, and rounded to `f16` when they are written.
#[test]
fn f32_weights_are_read_too() {
    let mut draft = Draft::new();
    let values = [0.1f32, -2.5, 1e-3, 70.0];
    let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    draft.tensors.insert("stem.bias".into(), (safetensors::Dtype::F32, vec![4], bytes));
    let model = Model::from_bytes(&draft.bytes()).unwrap();
    assert_eq!(model.weights()["stem.bias"].data, values);
    let back = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    let rounded: Vec<f32> = values.iter().map(|&v| f16::from_f32(v).to_f32()).collect();
    assert_eq!(back.weights()["stem.bias"].data, rounded);
}
