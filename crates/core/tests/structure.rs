//! What a graph says of itself by its wiring alone, on the published shapes made small: 3×32×32 pictures, ten
//! classes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{
    Add, Affine, AvgPool, Concat, Conv2d, Flatten, GlobalAvgPool, MaxPool, Padding, Window,
};
use candling_core::{Activation, Graph, Node, NodeId, Op, Shape};

use common::{linear, node, relu};

const PICTURE: Shape = Shape::new(1, 3, 32, 32);
const CLASSES: usize = 10;
const RELU: Activation = Activation::Relu;
const NONE: Activation = Activation::None;

/// Layers that are added one after the other.
#[derive(Default)]
struct Net(Vec<Node>);

impl Net {
    fn then(&mut self, name: &str, op: Op, inputs: &[&str]) -> &mut Self {
        self.0.push(node(name, op, inputs));
        self
    }

    /// A convolution of an odd kernel that keeps the size but for its stride.
    fn conv(
        &mut self,
        name: &str,
        from: &str,
        [input, output]: [usize; 2],
        (kernel, stride, groups): (usize, usize, usize),
        activation: Activation,
    ) -> &mut Self {
        let window = Window { padding: Padding::all(kernel / 2), ..Window::new([kernel; 2], [stride; 2]) };
        let op = Conv2d { in_channels: input, out_channels: output, window, groups, activation };
        self.then(name, Op::Conv2d(op), &[from])
    }

    fn pool(&mut self, name: &str, from: &str) -> &mut Self {
        let window = Window::new([2; 2], [2; 2]);
        self.then(name, Op::MaxPool(MaxPool { window, ceil_mode: false }), &[from])
    }

    fn add(&mut self, name: &str, inputs: &[&str]) -> &mut Self {
        self.then(name, Op::Add(Add), inputs)
    }

    fn concat(&mut self, name: &str, inputs: &[&str]) -> &mut Self {
        self.then(name, Op::Concat(Concat), inputs)
    }

    /// Global average pooling and a linear layer.
    fn head(&mut self, from: &str, channels: usize) -> Graph {
        self.then("mean", Op::GlobalAvgPool(GlobalAvgPool), &[from]);
        self.then("classifier", linear(channels, CLASSES), &["mean"]);
        self.graph()
    }

    fn graph(&self) -> Graph {
        Graph::new(PICTURE, self.0.clone()).unwrap()
    }
}

fn name(graph: &Graph, id: Option<NodeId>) -> &str {
    &graph.node(id.unwrap()).name
}

/// Default layer, evidence layer, and the last layer of every block.
fn assert_structure(graph: &Graph, default: &str, evidence: &str, ends: &[&str]) {
    assert_eq!(name(graph, graph.default_layer()), default);
    assert_eq!(name(graph, graph.evidence_layer()), evidence);
    let blocks = graph.blocks();
    assert_eq!(
        blocks.iter().map(|block| name(graph, block.layers.last().copied())).collect::<Vec<_>>(),
        ends
    );
    // nothing is left out or in two of them
    let inside: Vec<NodeId> = blocks.into_iter().flat_map(|block| block.layers).collect();
    assert_eq!(inside, graph.ids().skip(1).take(inside.len()).collect::<Vec<_>>());
    assert_eq!(name(graph, inside.last().copied()), default);
}

#[test]
fn resnet_is_asked_at_its_last_sum_after_the_relu() {
    let mut net = Net::default();
    net.conv("conv1", "input", [3, 8], (7, 2, 1), RELU).pool("maxpool", "conv1");
    net.conv("1.a", "maxpool", [8, 8], (3, 1, 1), RELU).conv("1.b", "1.a", [8, 8], (3, 1, 1), NONE);
    net.add("1.sum", &["1.b", "maxpool"]).then("1.relu", relu(RELU), &["1.sum"]);
    net.conv("2.a", "1.relu", [8, 16], (3, 2, 1), RELU).conv("2.b", "2.a", [16, 16], (3, 1, 1), NONE);
    net.conv("2.shortcut", "1.relu", [8, 16], (1, 2, 1), NONE);
    net.add("2.sum", &["2.b", "2.shortcut"]).then("2.relu", relu(RELU), &["2.sum"]);
    let graph = net.head("2.relu", 16);
    assert_structure(&graph, "2.relu", "2.relu", &["conv1", "1.relu", "2.relu"]);
    let merges: Vec<bool> = graph.blocks().iter().map(|block| block.merges).collect();
    assert_eq!(merges, [false, true, true]);
}

#[test]
fn vgg_is_asked_before_its_last_pooling() {
    let mut net = Net::default();
    net.conv("1a", "input", [3, 4], (3, 1, 1), RELU)
        .conv("1b", "1a", [4, 4], (3, 1, 1), RELU)
        .pool("p1", "1b");
    // an activation of its own makes no difference
    net.conv("2a", "p1", [4, 8], (3, 1, 1), RELU).conv("2b", "2a", [8, 8], (3, 1, 1), NONE);
    net.then("2relu", relu(RELU), &["2b"]).pool("p2", "2relu");
    net.then("flat", Op::Flatten(Flatten), &["p2"]).then("fc1", linear(8 * 8 * 8, 16), &["flat"]);
    net.then("fc1.relu", relu(RELU), &["fc1"]).then("fc2", linear(16, CLASSES), &["fc1.relu"]);
    assert_structure(&net.graph(), "2relu", "2relu", &["1b", "2relu"]);
}

#[test]
fn densenet_is_asked_at_its_last_relu() {
    let mut net = Net::default();
    net.conv("conv0", "input", [3, 8], (3, 2, 1), RELU).pool("pool0", "conv0");
    let mut features = vec!["pool0".to_owned()];
    let mut dense = |net: &mut Net, at: &str, channels: usize| {
        let named = |part: &str| format!("{at}.{part}");
        let all: Vec<&str> = features.iter().map(String::as_str).collect();
        net.concat(&named("all"), &all);
        net.then(&named("norm"), Op::Affine(Affine { channels }), &[&named("all")]);
        net.then(&named("relu"), relu(RELU), &[&named("norm")]);
        net.conv(&named("new"), &named("relu"), [channels, 4], (3, 1, 1), NONE);
        features.push(named("new"));
    };
    dense(&mut net, "1", 8);
    dense(&mut net, "2", 12);
    net.concat("end", &["pool0", "1.new", "2.new"]).then(
        "norm",
        Op::Affine(Affine { channels: 16 }),
        &["end"],
    );
    net.then("relu", relu(RELU), &["norm"]).conv("transition", "relu", [16, 8], (1, 1, 1), NONE);
    let window = Window::new([2; 2], [2; 2]);
    let mean = AvgPool { window, ceil_mode: false, count_include_pad: true };
    net.then("half", Op::AvgPool(mean), &["transition"]).conv("3.new", "half", [8, 4], (3, 1, 1), NONE);
    net.concat("3.all", &["half", "3.new"]).then("norm5", Op::Affine(Affine { channels: 12 }), &["3.all"]);
    net.then("relu5", relu(RELU), &["norm5"]);
    let graph = net.head("relu5", 12);
    assert_structure(&graph, "relu5", "relu5", &["conv0", "relu", "transition", "relu5"]);
}

/// MobileNet 1: a depthwise convolution that strides and the pointwise one behind it are one step to a
/// smaller size.
#[test]
fn mobilenet_is_asked_at_its_last_convolution() {
    let mut net = Net::default();
    net.conv("stem", "input", [3, 8], (3, 2, 1), RELU);
    net.conv("1.depth", "stem", [8, 8], (3, 1, 8), RELU).conv("1.point", "1.depth", [8, 16], (1, 1, 1), RELU);
    net.conv("2.depth", "1.point", [16, 16], (3, 2, 16), RELU).conv(
        "2.point",
        "2.depth",
        [16, 32],
        (1, 1, 1),
        RELU,
    );
    net.conv("3.depth", "2.point", [32, 32], (3, 1, 32), RELU).conv(
        "3.point",
        "3.depth",
        [32, 32],
        (1, 1, 1),
        RELU,
    );
    let graph = net.head("3.point", 32);
    assert_structure(&graph, "3.point", "3.point", &["stem", "2.point", "3.point"]);
}

/// MobileNet 2 and EfficientNet: blocks end in a convolution without activation, or in the sum behind it.
#[test]
fn inverted_bottlenecks_end_where_they_are_narrow() {
    let mut net = Net::default();
    net.conv("stem", "input", [3, 8], (3, 2, 1), RELU);
    net.conv("0.depth", "stem", [8, 8], (3, 1, 8), RELU).conv("0.narrow", "0.depth", [8, 4], (1, 1, 1), NONE);
    net.conv("1.wide", "0.narrow", [4, 24], (1, 1, 1), RELU).conv(
        "1.depth",
        "1.wide",
        [24, 24],
        (3, 2, 24),
        RELU,
    );
    net.conv("1.narrow", "1.depth", [24, 6], (1, 1, 1), NONE);
    net.conv("2.wide", "1.narrow", [6, 36], (1, 1, 1), RELU).conv(
        "2.depth",
        "2.wide",
        [36, 36],
        (3, 1, 36),
        RELU,
    );
    net.conv("2.narrow", "2.depth", [36, 6], (1, 1, 1), NONE).add("2.sum", &["2.narrow", "1.narrow"]);
    net.conv("head", "2.sum", [6, 40], (1, 1, 1), RELU);
    let graph = net.head("head", 40);
    assert_structure(&graph, "head", "2.sum", &["stem", "0.narrow", "1.narrow", "2.sum", "head"]);
}

/// The convolution with a channel for each class is the classifier: a map of it would be its own channel.
#[test]
fn squeezenet_is_asked_before_its_last_convolution() {
    let mut net = Net::default();
    net.conv("conv1", "input", [3, 8], (3, 2, 1), RELU).pool("pool1", "conv1");
    for (at, from) in [("2", "pool1"), ("3", "2.both")] {
        let (squeeze, one, three) = (format!("{at}.squeeze"), format!("{at}.one"), format!("{at}.three"));
        net.conv(&squeeze, from, [8, 4], (1, 1, 1), RELU);
        net.conv(&one, &squeeze, [4, 4], (1, 1, 1), RELU).conv(&three, &squeeze, [4, 4], (3, 1, 1), RELU);
        net.concat(&format!("{at}.both"), &[&one, &three]);
    }
    net.conv("scores", "3.both", [8, CLASSES], (1, 1, 1), RELU);
    net.then("mean", Op::GlobalAvgPool(GlobalAvgPool), &["scores"]);
    assert_structure(&net.graph(), "3.both", "3.both", &["conv1", "2.both", "3.both"]);
}

/// ConvNeXt's wiring: a patch of four pixels a side, sums without activation, a norm between the stages and
/// one behind the pooling.
#[test]
fn convnext_is_asked_at_its_last_sum() {
    let mut net = Net::default();
    let patch = Conv2d {
        in_channels: 3,
        out_channels: 8,
        window: Window::new([4; 2], [4; 2]),
        groups: 1,
        activation: NONE,
    };
    net.then("patch", Op::Conv2d(patch), &["input"]).then(
        "norm",
        Op::Affine(Affine { channels: 8 }),
        &["patch"],
    );
    for (at, from) in [("1", "norm"), ("2", "1.sum")] {
        let (depth, wide, narrow) = (format!("{at}.depth"), format!("{at}.wide"), format!("{at}.narrow"));
        net.conv(&depth, from, [8, 8], (7, 1, 8), NONE).conv(&wide, &depth, [8, 32], (1, 1, 1), RELU);
        net.conv(&narrow, &wide, [32, 8], (1, 1, 1), NONE).add(&format!("{at}.sum"), &[&narrow, from]);
    }
    net.then("mean", Op::GlobalAvgPool(GlobalAvgPool), &["2.sum"]);
    net.then("head.norm", Op::Affine(Affine { channels: 8 }), &["mean"]);
    net.then("classifier", linear(8, CLASSES), &["head.norm"]);
    assert_structure(&net.graph(), "2.sum", "2.sum", &["norm", "1.sum", "2.sum"]);
}

/// What a pooled vector is added to keeps its positions, and no path but one has any: nothing comes together
/// there.
#[test]
fn a_path_through_a_pooled_vector_is_no_second_map() {
    let mut net = Net::default();
    net.conv("stem", "input", [3, 8], (3, 2, 1), RELU);
    net.then("pooled", Op::GlobalAvgPool(GlobalAvgPool), &["stem"]);
    net.add("shifted", &["stem", "pooled"]);
    let graph = net.head("shifted", 8);
    let layer = |name: &str| graph.find(name).unwrap();
    assert!(graph.has_positions(layer("shifted")) && !graph.has_positions(layer("pooled")));
    assert_structure(&graph, "shifted", "shifted", &["stem", "shifted"]);
    assert!(graph.blocks().iter().all(|block| !block.merges));
}

#[test]
fn a_layer_dominates_where_no_path_goes_around_it() {
    let mut net = Net::default();
    net.conv("stem", "input", [3, 8], (3, 1, 1), RELU);
    net.conv("left", "stem", [8, 8], (3, 1, 1), RELU).conv("right", "stem", [8, 8], (3, 1, 1), RELU);
    let graph = net.add("sum", &["left", "right"]).head("sum", 8);
    let dominates = |name: &str| graph.dominates_output(graph.find(name).unwrap());
    for (name, expected) in
        [("input", true), ("stem", true), ("left", false), ("right", false), ("sum", true)]
    {
        assert_eq!(dominates(name), expected, "{name}");
    }
    assert!(dominates("mean") && dominates("classifier"));
}

/// Two towers that meet as vectors: no layer but the input sees all that the logits stand on.
#[test]
fn a_tower_among_several_is_no_default() {
    let mut net = Net::default();
    for tower in ["left", "right"] {
        net.conv(tower, "input", [3, 8], (3, 1, 1), RELU);
        net.then(&format!("{tower}.mean"), Op::GlobalAvgPool(GlobalAvgPool), &[tower]);
    }
    net.concat("both", &["left.mean", "right.mean"]).then("classifier", linear(16, CLASSES), &["both"]);
    let graph = net.graph();
    assert_eq!((graph.default_layer(), graph.evidence_layer()), (Some(graph.input()), Some(graph.input())));
    assert!(graph.blocks().is_empty());
}
