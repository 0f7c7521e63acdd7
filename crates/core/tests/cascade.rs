//! Networks with randomised weights: what must not change, what must change, and the effect of overflow.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::attribution::{Cascade, Randomized};
use candling_core::ops::GlobalAvgPool;
use candling_core::{Graph, Method, NodeId, Op, Query, Retain, Shape, Tape, Target, Trained, Weights};
use candling_testkit::random;
use candling_testkit::reference::Reference;
use pollster::block_on;

use common::{SMALL, linear, network, node, random_weights, small_graph, told, weight};

const CLASS: Target = Target::Class(2);
const METHODS: [Method; 3] = [Method::GRAD_CAM, Method::GUIDED_BACKPROP, Method::CAM];

/// Runs the trained network and prepares its randomisation.
fn start(graph: &Graph, weights: &Weights, x: &[f32], seed: u64) -> (Tape<Reference>, Cascade<Reference>) {
    let network = network(graph, weights);
    let trained = Arc::new(Trained::of(graph, weights).unwrap());
    let tape = network.forward(graph.shape(graph.input()), x, Retain::All).unwrap();
    (tape, Cascade::new(network, trained, seed))
}

fn small(seed: u64) -> (Tape<Reference>, Cascade<Reference>) {
    let graph = small_graph();
    start(&graph, &random_weights(&graph, 5), &random::values(SMALL.len(), 6), seed)
}

fn explain(tape: &Tape<Reference>, cascade: &mut Cascade<Reference>, layers: usize) -> Randomized {
    block_on(cascade.explain(tape, layers, CLASS, &METHODS, None)).unwrap()
}

#[test]
fn no_layer_drawn_anew_is_the_trained_network() {
    let (tape, mut cascade) = small(1);
    let found = explain(&tape, &mut cascade, 0);
    assert_eq!(found.maps.len(), 3);
    for (map, method) in found.maps.iter().zip(METHODS) {
        let plain = block_on(tape.explain(&Query::new(method, CLASS))).unwrap();
        assert_eq!(map.attribution, plain);
        assert_eq!(map.correlation, Some(1.0), "{method}");
    }
    let logits = block_on(tape.logits()).unwrap();
    assert_eq!(found.probability, candling_core::probabilities(&logits)[2]);
}

#[test]
fn a_layers_draw_depends_on_the_seed_and_not_on_the_steps() {
    let (tape, mut cascade) = small(1);
    let names: Vec<&str> = tape.graph().weighted().map(|id| tape.graph().node(id).name.as_str()).collect();
    assert_eq!(names, ["classifier", "second", "first"]);
    let stepwise: Vec<Randomized> = (0..4).map(|layers| explain(&tape, &mut cascade, layers)).collect();
    for (i, a) in stepwise.iter().enumerate() {
        assert!(stepwise[i + 1..].iter().all(|b| a != b), "{i} layers");
    }
    let (tape, mut afresh) = small(1);
    let backwards: Vec<Randomized> = (0..4).rev().map(|layers| explain(&tape, &mut afresh, layers)).collect();
    assert!(backwards.iter().rev().eq(&stepwise));
    let (tape, mut other) = small(2);
    assert_ne!(explain(&tape, &mut other, 1), stepwise[1]);
}

/// If all values of a tensor are equal, so are the random ones: the network must stay the same.
#[test]
fn tensors_are_drawn_with_their_own_mean_and_spread() {
    let graph = small_graph();
    let mut weights = random_weights(&graph, 5);
    for (value, (name, tensor)) in [0.125, -0.25, 0.5, 0.0625].into_iter().cycle().zip(&mut weights) {
        if !name.starts_with("classifier") {
            tensor.data.fill(value);
        }
    }
    let x = random::values(SMALL.len(), 6);
    let (tape, mut cascade) = start(&graph, &weights, &x, 1);
    let [none, one, all] = [0, 1, 3].map(|layers| explain(&tape, &mut cascade, layers));
    assert_ne!(one, none, "the classifier varies");
    assert_eq!(all, one, "nothing else does");

    weights.get_mut("classifier.weight").unwrap().data.fill(0.75);
    let (tape, mut cascade) = start(&graph, &weights, &x, 1);
    let [none, one] = [0, 1].map(|layers| explain(&tape, &mut cascade, layers));
    assert_eq!(one.maps[1].attribution, none.maps[1].attribution, "the gradient does not see the bias");
    assert_ne!(one.probability, none.probability, "which was drawn");
}

#[test]
fn a_layer_is_for_the_methods_that_take_one() {
    let (tape, mut cascade) = small(1);
    let first = common::layer(tape.graph(), "first");
    let methods = [Method::LAYER_CAM, Method::GRADIENT];
    let found = block_on(cascade.explain(&tape, 2, CLASS, &methods, Some(first))).unwrap();
    let layers: Vec<Option<NodeId>> = found.maps.iter().map(|map| map.attribution.layer).collect();
    assert_eq!(layers, [Some(first), None]);
}

/// The trained weights cancel; random ones of that size do not, and their sum overflows `f32`.
#[test]
fn overflow_is_told_and_no_error() {
    let shape = Shape::new(1, 64, 1, 2);
    let layers = vec![
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["input"]),
        node("classifier", linear(64, 3), &["pool"]),
    ];
    let graph = Graph::new(shape, layers).unwrap();
    let row: Vec<f32> = (0..192).map(|i| if i % 2 == 0 { 3e38 } else { -3e38 }).collect();
    let weights = [
        ("classifier.weight".into(), weight(&[3, 64], &row)),
        ("classifier.bias".into(), weight(&[3], &[0.0, 1.0, 2.0])),
    ];
    let (tape, mut cascade) = start(&graph, &weights.into(), &[100.0; 128], 1);
    let at = Some(graph.input());
    let methods = [Method::HIRES_CAM, Method::GRADIENT];
    let found = block_on(cascade.explain(&tape, 1, CLASS, &methods, at)).unwrap();
    assert!(found.probability.is_nan());
    let [cam, gradient] = &found.maps[..] else { panic!("two maps") };
    assert!(cam.attribution.data.len() == 2 && cam.attribution.data.iter().all(|v| v.is_nan()));
    assert_eq!(cam.correlation, None);
    assert!(gradient.attribution.data.iter().all(|v| v.is_finite()), "weights are numbers");
}

#[test]
fn what_has_no_answer_is_refused() {
    let (tape, mut cascade) = small(1);
    let mut refused = |layers, target, method, at| {
        told(&block_on(cascade.explain(&tape, layers, target, &[method], at)).unwrap_err())
    };
    let text = "layers: 4; this network has 0 to 3 with weights".to_owned();
    assert_eq!(refused(4, CLASS, Method::GRAD_CAM, None), ("bad-argument", text));
    assert_eq!(refused(1, Target::Class(4), Method::GRAD_CAM, None).0, "unknown-class");
    let first = Some(common::layer(tape.graph(), "first"));
    assert_eq!(refused(1, CLASS, Method::CAM, first).0, "bad-argument", "only before the pooling");

    let little = tape.network().forward(SMALL, &random::values(SMALL.len(), 6), Retain::Logits).unwrap();
    let error = block_on(cascade.explain(&little, 1, CLASS, &METHODS, None)).unwrap_err();
    assert_eq!(error.code(), "not-retained");
}
