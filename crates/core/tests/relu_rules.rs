//! The three backward rules of ReLU: worked examples, kinks, and where they must agree or differ.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::{Activation, Graph, ReluRule, Retain, Shape, Target, Weights};
use candling_testkit::random;
use candling_testkit::reference::Array;

use common::{SMALL, layer, network, random_weights, relu_graph, small_graph};

const RULES: [ReluRule; 3] = [ReluRule::Exact, ReluRule::Guided, ReluRule::Deconv];

/// The gradient of class 0 at a layer.
fn walk(graph: &Graph, weights: &Weights, shape: Shape, x: &[f32], to: &str, rule: ReluRule) -> Array {
    let tape = network(graph, weights).forward(shape, x, Retain::All).unwrap();
    tape.backward(Target::Class(0), layer(graph, to), rule).unwrap()
}

/// Figure 1 b of Springenberg et al. 2014, "Striving for Simplicity": one ReLU, the same incoming gradient,
/// three results.
#[test]
fn the_figure_of_the_guided_backprop_paper() {
    let forward = [1.0, -1.0, 5.0, 2.0, -5.0, -7.0, -3.0, 2.0, 4.0];
    let from_above = [-2.0, 3.0, -1.0, 6.0, -3.0, 1.0, 2.0, -1.0, 3.0];
    let expected = [
        (ReluRule::Exact, [-2.0, 0.0, -1.0, 6.0, 0.0, 0.0, 0.0, -1.0, 3.0]),
        (ReluRule::Deconv, [0.0, 3.0, 0.0, 6.0, 0.0, 1.0, 2.0, 0.0, 3.0]),
        (ReluRule::Guided, [0.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.0, 3.0]),
    ];
    let picture = Shape::new(1, 1, 3, 3);
    let (graph, weights) = relu_graph(picture, Activation::Relu, &from_above);
    for (rule, expected) in expected {
        let dx = walk(&graph, &weights, picture, &forward, "input", rule);
        assert_eq!(*dx.data, expected, "{rule:?}");
    }
}

/// At y = 0 and, for ReLU6, y = 6, `Exact` and `Guided` give 0; `Deconv` ignores y.
#[test]
fn kinks_pass_nothing() {
    let below = f32::from_bits(6.0f32.to_bits() - 1);
    let x = [-1.0, 0.0, f32::MIN_POSITIVE, 3.0, below, 6.0, 7.0];
    // where the gate is open, which is also the result of `Exact` for a gradient of 1
    let cases = [
        (Activation::Relu, [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        (Activation::Relu6, [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0]),
    ];
    let picture = Shape::new(1, 1, 1, x.len());
    for (activation, open) in cases {
        for sign in [1.0, -1.0] {
            let (graph, weights) = relu_graph(picture, activation, &[sign; 7]);
            let dx = RULES.map(|rule| walk(&graph, &weights, picture, &x, "input", rule).data.to_vec());
            let exact = open.map(|open| open * f64::from(sign));
            let positive = exact.map(|v| v.max(0.0));
            let deconv = [f64::from(sign.max(0.0)); 7];
            assert_eq!(dx, [exact.to_vec(), positive.to_vec(), deconv.to_vec()], "{activation:?} {sign}");
            // the `f32` rule that backends share agrees
            for (i, &x) in x.iter().enumerate() {
                let y = activation.apply(x);
                for (rule, dx) in RULES.iter().zip(&dx) {
                    let by_value = f64::from(activation.vjp(*rule, y, sign));
                    assert_eq!(by_value, dx[i], "{activation:?} {rule:?} at {x}");
                }
            }
        }
    }
}

/// Without an activation all rules pass everything.
#[test]
fn no_activation_passes_everything() {
    for rule in RULES {
        for (y, dy) in [(-1.0, -2.0), (0.0, 3.0), (7.0, -4.0)] {
            assert_eq!(Activation::None.vjp(rule, y, dy), dy);
        }
    }
}

/// Seeds of random networks and pictures; fixed, so that failures are reproducible.
const SEEDS: std::ops::Range<u64> = 0..32;

/// With positive weights all gradients are positive, so `Guided` equals `Exact`, at every layer and for any
/// picture.
#[test]
fn guided_is_exact_where_all_gradients_are_positive() {
    let graph = small_graph();
    for seed in SEEDS {
        let mut weights = random_weights(&graph, seed);
        for (_, weight) in weights.iter_mut().filter(|(name, _)| name.ends_with("weight")) {
            weight.data.iter_mut().for_each(|w| *w = w.abs() / 4.0); // small, or ReLU6 shuts everywhere
        }
        let x = random::values(SMALL.len(), seed ^ 1);
        for to in ["input", "first", "second"] {
            let [exact, guided, deconv] = RULES.map(|rule| walk(&graph, &weights, SMALL, &x, to, rule));
            assert!(exact.data.iter().all(|&g| g >= 0.0), "{seed} {to}");
            assert!(exact.data.iter().any(|&g| g > 0.0), "{seed} {to}");
            assert_eq!(exact.data, guided.data, "{seed} {to}");
            // the comparison is meaningful: some ReLUs on the way to the pixels are closed
            assert!(to != "input" || exact.data != deconv.data, "{seed} {to}");
        }
    }
}

/// With weights of both signs the three differ wherever a ReLU is in between.
#[test]
fn the_rules_differ_otherwise() {
    let graph = small_graph();
    for seed in SEEDS {
        let weights = random_weights(&graph, seed);
        let x = random::values(SMALL.len(), seed ^ 1);
        for to in ["input", "first", "second"] {
            let [exact, guided, deconv] = RULES.map(|rule| walk(&graph, &weights, SMALL, &x, to, rule).data);
            let same = to == "second";
            assert_eq!(exact == guided, same, "exact and guided, {seed} {to}");
            assert_eq!(exact == deconv, same, "exact and deconv, {seed} {to}");
            assert_eq!(guided == deconv, same, "guided and deconv, {seed} {to}");
        }
    }
}
