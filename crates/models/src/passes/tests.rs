//! Each pass alone: the same numbers before and after, what it takes away, and what it leaves alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use candling_core::ops::{Add, GlobalAvgPool, Padding};
use candling_core::{Activation, INPUT, Op};

use super::*;
use crate::draft::evaluate::evaluate;
use crate::draft::{DraftNode, DraftOp, Tensor};

/// Sums of some dozen products of `f64`, in another order.
const ROUNDING: f64 = 1e-12;

/// Values of either sign that differ.
fn tensor(shape: &[usize], seed: f64) -> Tensor {
    let value = |i: usize| ((i as f64 + seed) * 0.73).sin() * 2.0;
    Tensor { shape: shape.to_vec(), data: (0..shape.iter().product()).map(value).collect() }
}

const CONV: DraftOp = DraftOp::Conv2d {
    stride: [2, 1],
    padding: Padding { top: 1, bottom: 0, left: 0, right: 2 },
    dilation: [1, 2],
    groups: 1,
    activation: Activation::None,
};

/// Adds a node; inputs that no node has are constants of the given extents.
fn add(draft: &mut Draft, name: &str, op: DraftOp, inputs: &[(&str, &[usize])]) {
    for (at, (input, shape)) in inputs.iter().enumerate().filter(|(_, (_, shape))| !shape.is_empty()) {
        let mut constant = tensor(shape, at as f64 + name.len() as f64);
        if input.ends_with("variance") {
            constant.data.iter_mut().for_each(|v| *v = v.abs() + 0.1);
        }
        draft.constants.insert((*input).to_owned(), constant);
    }
    let inputs = inputs.iter().map(|(input, _)| (*input).to_owned()).collect();
    draft.nodes.push(DraftNode { name: name.to_owned(), op, inputs, aliases: Vec::new() });
}

fn conv(draft: &mut Draft, name: &str, from: &str) {
    add(draft, name, CONV, &[(from, &[]), (&format!("{name}.w"), &[3, 2, 3, 2])]);
}

fn batch_norm(draft: &mut Draft, name: &str, from: &str, channels: usize) {
    let [gamma, beta, mean, variance] =
        ["gamma", "beta", "mean", "variance"].map(|what| format!("{name}.{what}"));
    let vector: &[usize] = &[channels];
    let inputs =
        [(from, &[][..]), (&*gamma, vector), (&*beta, vector), (&*mean, vector), (&*variance, vector)];
    add(draft, name, DraftOp::BatchNorm { epsilon: 1e-3 }, &inputs);
}

/// Runs a pass, holds what is computed against what was, and gives the names that are left.
fn run(draft: &mut Draft, pass: Pass) -> Vec<String> {
    let picture = tensor(&[2, 7, 9], 0.5);
    let before = evaluate(draft, &picture);
    pass(draft).unwrap();
    let after = evaluate(draft, &picture);
    assert_eq!(before.shape, after.shape);
    for (before, after) in before.data.iter().zip(&after.data) {
        assert!((before - after).abs() < ROUNDING, "{before} was {after}");
    }
    draft.nodes.iter().map(|node| node.name.clone()).collect()
}

#[test]
fn identities_are_dropped_wherever_they_are() {
    let mut draft = Draft::default();
    add(&mut draft, "first", DraftOp::Identity, &[(INPUT, &[])]);
    add(&mut draft, "second", DraftOp::Identity, &[("first", &[])]);
    conv(&mut draft, "conv", "second");
    add(&mut draft, "dropout", DraftOp::Identity, &[("conv", &[])]);
    add(&mut draft, "sum", DraftOp::Plain(Op::Add(Add)), &[("dropout", &[]), ("conv", &[])]);
    add(&mut draft, "end", DraftOp::Identity, &[("sum", &[])]);
    assert_eq!(run(&mut draft, drop_identities::run), ["conv", "sum"]);
    assert_eq!(draft.nodes[0].aliases, ["dropout"]);
    assert_eq!(draft.nodes[1].inputs, ["conv", "conv"]);
}

#[test]
fn a_padding_is_added_to_that_of_the_convolution_behind_it() {
    let mut draft = Draft::default();
    add(&mut draft, "pad", DraftOp::Pad(Padding { top: 0, bottom: 2, left: 1, right: 0 }), &[(INPUT, &[])]);
    conv(&mut draft, "conv", "pad");
    assert_eq!(run(&mut draft, merge_paddings::run), ["conv"]);
    let DraftOp::Conv2d { padding, .. } = draft.nodes[0].op else { panic!("{:?}", draft.nodes[0]) };
    assert_eq!(padding, Padding { top: 1, bottom: 2, left: 1, right: 2 });
    assert_eq!(draft.nodes[0].aliases, ["pad"]);
}

#[test]
fn a_padding_that_two_take_stays() {
    let mut draft = Draft::default();
    add(&mut draft, "pad", DraftOp::Pad(Padding::all(1)), &[(INPUT, &[])]);
    conv(&mut draft, "a", "pad");
    conv(&mut draft, "b", "pad");
    add(&mut draft, "sum", DraftOp::Plain(Op::Add(Add)), &[("a", &[]), ("b", &[])]);
    assert_eq!(run(&mut draft, merge_paddings::run), ["pad", "a", "b", "sum"]);
}

#[test]
fn a_batch_norm_becomes_a_scale_and_a_shift() {
    let mut draft = Draft::default();
    batch_norm(&mut draft, "norm", INPUT, 2);
    assert_eq!(run(&mut draft, rewrite_batch_norms::run), ["norm"]);
    assert_eq!(draft.nodes[0].op, DraftOp::Affine);
    assert_eq!(draft.nodes[0].inputs, ["input", "norm:scale", "norm:shift"]);
}

#[test]
fn a_batch_norm_of_unequal_statistics_is_refused() {
    let mut draft = Draft::default();
    batch_norm(&mut draft, "norm", INPUT, 2);
    draft.constants.insert("norm.mean".into(), tensor(&[3], 0.0));
    let why = rewrite_batch_norms::run(&mut draft).unwrap_err();
    assert_eq!(why, "`norm`: its statistics are of different lengths");
    draft.constants.remove("norm.mean");
    draft.nodes[0].aliases.push("layer1.bn".into());
    let why = rewrite_batch_norms::run(&mut draft).unwrap_err();
    assert_eq!(why, "`norm` (in the file `layer1.bn`): its input 3 is no constant");
}

/// With a bias and without, and two in a row.
#[test]
fn affines_go_into_the_convolution_before_them() {
    for inputs in [2, 3] {
        let mut draft = Draft::default();
        let all: [(&str, &[usize]); 3] = [(INPUT, &[]), ("w", &[3, 2, 3, 2]), ("b", &[3])];
        add(&mut draft, "conv", CONV, &all[..inputs]);
        add(&mut draft, "one", DraftOp::Affine, &[("conv", &[]), ("s1", &[3]), ("t1", &[3])]);
        add(&mut draft, "two", DraftOp::Affine, &[("one", &[]), ("s2", &[3]), ("t2", &[3])]);
        add(&mut draft, "relu", DraftOp::Activation(Activation::Relu), &[("two", &[])]);
        assert_eq!(run(&mut draft, fold_affines::run), ["conv", "relu"]);
        assert_eq!(draft.nodes[0].aliases, ["one", "two"]);
        assert_eq!(draft.nodes[1].inputs, ["conv"]);
    }
}

#[test]
fn an_affine_that_is_not_alone_behind_a_convolution_stays() {
    let affine: [(&str, &[usize]); 2] = [("s", &[3]), ("t", &[3])];
    let behind = |draft: &mut Draft, from: &str| {
        add(draft, "affine", DraftOp::Affine, &[(from, &[]), affine[0], affine[1]])
    };
    // the convolution's own output is taken too
    let mut draft = Draft::default();
    conv(&mut draft, "conv", INPUT);
    behind(&mut draft, "conv");
    add(&mut draft, "sum", DraftOp::Plain(Op::Add(Add)), &[("affine", &[]), ("conv", &[])]);
    assert_eq!(run(&mut draft, fold_affines::run), ["conv", "affine", "sum"]);
    // an activation stands between
    let mut draft = Draft::default();
    conv(&mut draft, "conv", INPUT);
    add(&mut draft, "relu", DraftOp::Activation(Activation::Relu), &[("conv", &[])]);
    behind(&mut draft, "relu");
    assert_eq!(run(&mut draft, fuse_activations::run), ["conv", "affine"]);
    assert_eq!(run(&mut draft, fold_affines::run), ["conv", "affine"]);
}

#[test]
fn an_affine_of_other_channels_is_refused() {
    let mut draft = Draft::default();
    conv(&mut draft, "conv", INPUT);
    add(&mut draft, "affine", DraftOp::Affine, &[("conv", &[]), ("s", &[4]), ("t", &[3])]);
    let why = fold_affines::run(&mut draft).unwrap_err();
    assert_eq!(why, "`conv`: it gives 3 channels, of which 4 are scaled and 3 shifted");
}

#[test]
fn an_activation_becomes_that_of_the_convolution_before_it() {
    let mut draft = Draft::default();
    conv(&mut draft, "conv", INPUT);
    add(&mut draft, "relu6", DraftOp::Activation(Activation::Relu6), &[("conv", &[])]);
    // a second one has no place there
    add(&mut draft, "relu", DraftOp::Activation(Activation::Relu), &[("relu6", &[])]);
    assert_eq!(run(&mut draft, fuse_activations::run), ["conv", "relu"]);
    assert_eq!(draft.nodes[0].aliases, ["relu6"]);
}

/// As converters write them: padding, convolution, batch norm, activation; a norm before a convolution;
/// dropout.
#[test]
fn all_passes_together_keep_the_numbers_and_leave_what_a_graph_can_hold() {
    let mut draft = Draft::default();
    batch_norm(&mut draft, "first.norm", INPUT, 2);
    add(&mut draft, "pad", DraftOp::Pad(Padding::all(1)), &[("first.norm", &[])]);
    conv(&mut draft, "conv", "pad");
    batch_norm(&mut draft, "norm", "conv", 3);
    add(&mut draft, "relu", DraftOp::Activation(Activation::Relu), &[("norm", &[])]);
    add(&mut draft, "mean", DraftOp::Plain(Op::GlobalAvgPool(GlobalAvgPool)), &[("relu", &[])]);
    add(&mut draft, "dropout", DraftOp::Identity, &[("mean", &[])]);
    add(&mut draft, "fc", DraftOp::Linear, &[("dropout", &[]), ("fc.w", &[4, 3]), ("fc.b", &[4])]);
    assert_eq!(run(&mut draft, normalise), ["first.norm", "conv", "mean", "fc"]);
    assert_eq!(draft.nodes[1].aliases, ["pad", "norm", "relu"]);
    assert_eq!(draft.constants.len(), 6, "what was folded is not kept");
    let (layers, weights) = draft.into_layers().unwrap();
    let ops: Vec<&str> = layers.iter().map(|layer| layer.op.name()).collect();
    assert_eq!(ops, ["affine", "conv2d", "global_avg_pool", "linear"]);
    assert_eq!(weights.len(), 6);
}

#[test]
fn what_no_layer_can_stand_for_is_refused_by_its_name() {
    let mut draft = Draft::default();
    add(&mut draft, "pad", DraftOp::Pad(Padding::all(1)), &[(INPUT, &[])]);
    draft.nodes[0].aliases.push("/features/Pad".into());
    normalise(&mut draft).unwrap();
    let why = draft.into_layers().unwrap_err();
    let text = "`pad` (in the file `/features/Pad`) pads what no convolution takes; only a padding before a convolution is known";
    assert_eq!(why, text);

    let mut draft = Draft::default();
    add(&mut draft, "fc", DraftOp::Linear, &[(INPUT, &[]), ("w", &[4]), ("b", &[4])]);
    assert_eq!(draft.into_layers().unwrap_err(), "`fc`: its weight has extents [4], needed 2 of them");
}
