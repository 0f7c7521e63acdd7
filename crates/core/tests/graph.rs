//! Errors of invalid graphs, and properties of valid ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{
    Add, Affine, AvgPool, Concat, Conv2d, Flatten, GlobalAvgPool, Input, MaxPool, Padding, Window,
};
use candling_core::{Activation, Graph, Node, Op, Shape};

use common::{conv, linear, node, relu, small_graph, told};

const PICTURE: Shape = Shape::new(1, 3, 8, 8);

/// A head of two classes over `channels` channels, after `last`.
fn head(last: &str, channels: usize) -> [Node; 2] {
    [
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &[last]),
        node("classifier", linear(channels, 2), &["pool"]),
    ]
}

/// One layer on the picture, then the head.
fn one(op: Op, channels: usize) -> Vec<Node> {
    [vec![node("layer", op, &["input"])], head("layer", channels).to_vec()].concat()
}

fn stem(conv: Conv2d) -> Vec<Node> {
    let channels = conv.out_channels;
    one(Op::Conv2d(conv), channels)
}

fn window(kernel: usize, stride: usize, padding: usize, dilation: usize) -> Window {
    Window {
        kernel: [kernel; 2],
        stride: [stride; 2],
        padding: Padding::all(padding),
        dilation: [dilation; 2],
    }
}

fn max_pool(window: Window) -> Vec<Node> {
    one(Op::MaxPool(MaxPool { window, ceil_mode: false }), 3)
}

fn avg_pool(window: Window) -> Vec<Node> {
    one(Op::AvgPool(AvgPool { window, ceil_mode: false, count_include_pad: true }), 3)
}

#[test]
fn refuses_what_is_no_list_of_layers() {
    let relu = || relu(Activation::Relu);
    let then_head = |mut layers: Vec<Node>, last: &str| {
        layers.extend(head(last, 3));
        layers
    };
    let cases = [
        (vec![], "invalid graph: 0 layers; 1 to 10000 are allowed"),
        (vec![node("a", relu(), &["input"]); 10_001], "invalid graph: 10001 layers; 1 to 10000 are allowed"),
        (
            then_head(vec![node("a", relu(), &["input"]), node("a", relu(), &["a"])], "a"),
            "invalid graph: two layers are named `a`",
        ),
        (
            then_head(vec![node("input", relu(), &["input"])], "input"),
            "invalid graph: two layers are named `input`",
        ),
        (
            then_head(vec![node("", relu(), &["input"])], ""),
            "invalid graph: layer 1 has an empty or unprintable name",
        ),
        (
            then_head(vec![node("a\n", relu(), &["input"])], "a\n"),
            "invalid graph: layer 1 has an empty or unprintable name",
        ),
        (
            then_head(vec![node("a", relu(), &["inputs"])], "a"),
            "invalid graph: layer `a` takes `inputs`, which is not a layer before it",
        ),
        (
            then_head(vec![node("a", relu(), &["b"]), node("b", relu(), &["input"])], "a"),
            "invalid graph: layer `a` takes `b`, which is not a layer before it",
        ),
        (
            then_head(vec![node("a", relu(), &["a"])], "a"),
            "invalid graph: layer `a` takes `a`, which is not a layer before it",
        ),
        (
            then_head(vec![node("a", relu(), &["input"]), node("b", relu(), &["input"])], "b"),
            "invalid graph: nothing uses layer `a`",
        ),
        (
            vec![node("a", relu(), &["input"])],
            "invalid graph: the last layer `a` gives 1x3x8x8; logits are a vector, 1x3x1x1",
        ),
        (then_head(vec![node("a", Op::Input(Input), &[])], "a"), "invalid graph: nothing uses layer `input`"),
        (
            then_head(vec![node("a", Op::Input(Input), &["input"])], "a"),
            "layer `a` (input): invalid graph: `input` is the first layer only",
        ),
    ];
    for (layers, text) in cases {
        let error = Graph::new(PICTURE, layers).unwrap_err();
        assert_eq!(told(&error), ("invalid-graph", text.to_owned()));
    }
}

#[test]
fn refuses_the_wrong_number_of_inputs() {
    let two = ["input", "input"];
    let ops = [
        (Op::Conv2d(conv(3, 3, 1)), &two[..], "conv2d", "takes 1 input, got 2"),
        (
            Op::MaxPool(MaxPool { window: window(2, 2, 0, 1), ceil_mode: false }),
            &two,
            "max_pool",
            "takes 1 input, got 2",
        ),
        (Op::Flatten(Flatten), &two, "flatten", "takes 1 input, got 2"),
        (Op::GlobalAvgPool(GlobalAvgPool), &two, "global_avg_pool", "takes 1 input, got 2"),
        (relu(Activation::Relu6), &two, "relu6", "takes 1 input, got 2"),
        (Op::Affine(Affine { channels: 3 }), &two, "affine", "takes 1 input, got 2"),
        (linear(3, 3), &two, "linear", "takes 1 input, got 2"),
        (Op::Add(Add), &two[..1], "add", "takes 2 inputs, got 1"),
        (Op::Add(Add), &["input", "input", "input"], "add", "takes 2 inputs, got 3"),
    ];
    for (op, inputs, name, why) in ops {
        let layers = [vec![node("layer", op, inputs)], head("layer", 3).to_vec()].concat();
        let error = Graph::new(PICTURE, layers).unwrap_err();
        assert_eq!(told(&error), ("invalid-graph", format!("layer `layer` ({name}): invalid graph: {why}")));
    }
    let none = [vec![node("layer", Op::Concat(Concat), &[])], head("layer", 3).to_vec()].concat();
    let error = Graph::new(PICTURE, none).unwrap_err();
    // nothing reads the picture, which is found first
    assert_eq!(error.to_string(), "invalid graph: nothing uses layer `input`");
}

#[test]
fn refuses_shapes_that_do_not_fit_and_names_the_layer() {
    let grouped = |i, o, groups| stem(Conv2d { groups, ..conv(i, o, 1) });
    let windowed = |window| stem(Conv2d { window, ..conv(3, 4, 1) });
    let range = "needed kernel, stride and dilation 1 to 65536, padding at most 65536";
    let of_window = |kernel, stride, dilation, padding| {
        format!(
            "layer `layer` (conv2d): height of the window is kernel {kernel}, stride {stride}, dilation {dilation}, \
             padding {padding} and {padding}, {range}"
        )
    };
    let padded = |op: &str, p: usize, why: &str| {
        format!("layer `layer` ({op}): padding is {p} {p} {p} {p} (top bottom left right), needed {why}")
    };
    let half = "at most half the 3x3 kernel";
    let dilated = "none, since the window is dilated";
    let two_branches = |second: Op, join: Op, channels| {
        [
            vec![
                node("left", relu(Activation::Relu), &["input"]),
                node("right", second, &["input"]),
                node("join", join, &["left", "right"]),
            ],
            head("join", channels).to_vec(),
        ]
        .concat()
    };
    let cases: Vec<(Vec<Node>, String)> = vec![
        (
            grouped(4, 4, 1),
            "layer `layer` (conv2d): input is 1x3x8x8 (3 channels), needed 4 channels, as the weights have".into(),
        ),
        (grouped(3, 4, 0), "layer `layer` (conv2d): groups is 0 for 3 to 4 channels, needed a divisor of both".into()),
        (grouped(3, 4, 2), "layer `layer` (conv2d): groups is 2 for 3 to 4 channels, needed a divisor of both".into()),
        (grouped(3, 4, 3), "layer `layer` (conv2d): groups is 3 for 3 to 4 channels, needed a divisor of both".into()),
        (grouped(3, 0, 1), "layer `layer` (conv2d): output is 1x0x8x8, needed 1 to 268435456 elements".into()),
        (windowed(window(0, 1, 0, 1)), of_window(0, 1, 1, 0)),
        (windowed(window(1, 0, 0, 1)), of_window(1, 0, 1, 0)),
        (windowed(window(1, 1, 0, 0)), of_window(1, 1, 0, 0)),
        (windowed(window(usize::MAX, 1, 0, 1)), of_window(usize::MAX, 1, 1, 0)),
        (windowed(window(1, 1, usize::MAX, 1)), of_window(1, 1, 1, usize::MAX)),
        (
            windowed(window(9, 1, 0, 1)),
            "layer `layer` (conv2d): height of the input is 8 (and padding 0 and 0), needed at least the window's 9"
                .into(),
        ),
        (
            windowed(window(3, 1, 0, 4)),
            "layer `layer` (conv2d): height of the input is 8 (and padding 0 and 0), needed at least the window's 9"
                .into(),
        ),
        (
            windowed(Window { kernel: [1, 9], ..window(1, 1, 0, 1) }),
            "layer `layer` (conv2d): width of the input is 8 (and padding 0 and 0), needed at least the window's 9".into(),
        ),
        (
            windowed(window(1, 1, 30_000, 1)),
            "layer `layer` (conv2d): output is 1x4x60008x60008, needed 1 to 268435456 elements".into(),
        ),
        (max_pool(window(3, 2, 2, 1)), padded("max_pool", 2, half)),
        (avg_pool(window(3, 2, 2, 1)), padded("avg_pool", 2, half)),
        (max_pool(window(3, 1, 1, 2)), padded("max_pool", 1, dilated)),
        (
            avg_pool(window(3, 1, 0, 2)),
            "layer `layer` (avg_pool): dilation is [2, 2], needed [1, 1]: a mean has no taps".into(),
        ),
        (
            max_pool(window(0, 1, 0, 1)),
            format!(
                "layer `layer` (max_pool): height of the window is kernel 0, stride 1, dilation 1, padding 0 and 0, {range}"
            ),
        ),
        (
            one(Op::Affine(Affine { channels: 4 }), 3),
            "layer `layer` (affine): input is 1x3x8x8 (3 channels), needed 4 channels".into(),
        ),
        (
            one(linear(3, 3), 3),
            "layer `layer` (linear): input is 1x3x8x8, needed 1x3x1x1; flatten or pool before it".into(),
        ),
        (
            vec![node("flat", Op::Flatten(Flatten), &["input"]), node("classifier", linear(3, 2), &["flat"])],
            "layer `classifier` (linear): input is 1x192x1x1, needed 1x3x1x1; flatten or pool before it".into(),
        ),
        (
            two_branches(Op::Conv2d(conv(3, 4, 1)), Op::Add(Add), 3),
            "layer `join` (add): second input is 1x4x8x8, needed 1x3x8x8 or 1x3x1x1".into(),
        ),
        (
            two_branches(Op::Conv2d(conv(3, 3, 3)), Op::Concat(Concat), 6),
            "layer `join` (concat): input 1 is 1x3x6x6, needed 1x3x8x8 in all but the channels, as input 0".into(),
        ),
        (
            stem(conv(3, usize::MAX, 1)),
            format!("layer `layer` (conv2d): output is 1x{}x8x8, needed 1 to 268435456 elements", usize::MAX),
        ),
    ];
    for (layers, text) in cases {
        let error = Graph::new(PICTURE, layers).unwrap_err();
        assert_eq!(told(&error), ("bad-shape", text));
    }
}

#[test]
fn refuses_inputs_of_no_or_too_many_elements() {
    let sizes = [(0, 8), (8, 0), (1 << 14, 1 << 14), (usize::MAX, 2), (usize::MAX, usize::MAX)];
    for (h, w) in sizes {
        let error = Graph::new(Shape::new(1, 3, h, w), head("input", 3).to_vec()).unwrap_err();
        let text = format!("input is 1x3x{h}x{w}, needed 1 to 268435456 elements");
        assert_eq!(told(&error), ("bad-shape", text));
    }
}

/// Each layer is small enough, but all of them together are not; this is found without allocating.
#[test]
fn refuses_activations_that_are_too_many_together() {
    let relus = (0..60).map(|i| {
        let from = if i == 0 { "input".to_owned() } else { format!("relu{}", i - 1) };
        node(&format!("relu{i}"), relu(Activation::Relu), &[&from])
    });
    let layers: Vec<Node> = relus.chain(head("relu59", 3)).collect();
    let (code, text) = told(&Graph::new(Shape::new(1, 3, 2048, 2048), layers).unwrap_err());
    assert_eq!(code, "bad-shape");
    assert!(text.starts_with("the sum of all activations for an input of 1x3x2048x2048 is "), "{text}");
}

#[test]
fn shapes_for_another_input_name_the_layer_that_cannot_take_it() {
    let graph = small_graph();
    let shapes = graph.shapes_for(Shape::new(3, 2, 20, 9)).unwrap();
    assert_eq!(shapes[2], Shape::new(3, 6, 16, 5));
    assert_eq!(shapes.last(), Some(&Shape::vector(3, 4)));
    let error = graph.shapes_for(Shape::new(1, 2, 8, 4)).unwrap_err();
    let text = "layer `second` (conv2d): width of the input is 2 (and padding 0 and 0), needed at least the window's 3";
    assert_eq!(told(&error), ("bad-shape", text.to_owned()));
}

#[test]
fn knows_its_layers() {
    let graph = small_graph();
    let names: Vec<&str> = graph.nodes().iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["input", "first", "second", "pool", "classifier"]);
    assert_eq!(graph.classes(), 4);
    assert_eq!(graph.find("input").unwrap(), graph.input());
    assert_eq!(graph.find("classifier").unwrap(), graph.output());
    assert_eq!(graph.default_layer(), Some(graph.find("second").unwrap()));
    assert_eq!(graph.shape(graph.find("second").unwrap()), Shape::new(1, 6, 4, 4));

    let shallow = Graph::new(PICTURE, head("input", 3).to_vec()).unwrap();
    assert_eq!(shallow.default_layer(), Some(shallow.input()));
}

/// Only layers with positions are suggested, those with a common beginning first.
#[test]
fn an_unknown_layer_lists_some() {
    let error = small_graph().find("seconds").unwrap_err();
    let text = "unknown layer `seconds`; layers are for example second, first, input";
    assert_eq!(told(&error), ("unknown-layer", text.to_owned()));
}
