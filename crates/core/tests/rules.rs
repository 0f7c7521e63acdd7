//! A rule with hooks, as another crate could write it: layer-wise relevance propagation by the 0-rule (Bach
//! et al. 2015, eq. 56 without its stabiliser), and its known closed forms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{Add, Conv2d, Flatten, GlobalAvgPool, MaxPool, Window};
use candling_core::{
    Activation, Graph, NodeId, Op, ReluRule, Result, Retain, Rule, Shape, Tape, Target, Weights,
};
use candling_testkit::random;
use candling_testkit::reference::{Array, Reference};

use common::{conv, linear, network, node, random_weights, relu};

/// Tolerance for `f64` sums of some hundred terms.
const TOLERANCE: f64 = 1e-10;

/// The rule `R_i = x_i · Σ_j w_ij · R_j / z_j`. Where a ReLU is closed `y` is 0, and so is the incoming
/// relevance.
struct LrpZero;

impl LrpZero {
    fn scaled(values: &Array, by: &Array, f: impl Fn(f64, f64) -> f64) -> Array {
        let pairs = values.data.iter().zip(by.data.iter());
        Array::new(values.shape, pairs.map(|(&a, &b)| f(a, b)).collect())
    }
}

impl Rule<Reference> for LrpZero {
    fn relu(&self) -> ReluRule {
        ReluRule::Exact
    }

    fn before(&self, tape: &Tape<Reference>, id: NodeId, dy: Array) -> Result<Array> {
        let share = |relevance: f64, z: f64| if z == 0.0 { 0.0 } else { relevance / z };
        Ok(Self::scaled(&dy, tape.activation(id).unwrap(), share))
    }

    fn after(&self, tape: &Tape<Reference>, _id: NodeId, input: NodeId, dx: Array) -> Result<Array> {
        Ok(Self::scaled(&dx, tape.activation(input).unwrap(), |gradient, x| gradient * x))
    }
}

/// A graph with fused and separate ReLUs, two paths that merge, and both kinds of pooling; the only biases
/// are those of `random_weights`, which are removed.
fn graph(input: Shape) -> Graph {
    let fused = Conv2d { activation: Activation::Relu, ..conv(2, 4, 3) };
    let window = Window::new([2, 2], [2, 2]);
    let layers = vec![
        node("first", Op::Conv2d(fused), &["input"]),
        node("second", Op::Conv2d(conv(4, 4, 1)), &["first"]),
        node("sum", Op::Add(Add), &["second", "first"]),
        node("relu", relu(Activation::Relu), &["sum"]),
        node("max", Op::MaxPool(MaxPool { window, ceil_mode: false }), &["relu"]),
        node("third", Op::Conv2d(Conv2d { activation: Activation::Relu, ..conv(4, 5, 2) }), &["max"]),
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["third"]),
        node("flatten", Op::Flatten(Flatten), &["pool"]),
        node("classifier", linear(5, 3), &["flatten"]),
    ];
    Graph::new(input, layers).unwrap()
}

#[test]
fn relevance_is_conserved_and_is_gradient_times_input() {
    let shape = Shape::new(2, 2, 8, 8);
    let graph = graph(shape);
    let mut shut = 0;
    for seed in 0..16 {
        let mut weights: Weights = random_weights(&graph, seed);
        let biases = weights.iter_mut().filter(|(name, _)| name.ends_with("bias"));
        biases.for_each(|(_, bias)| bias.data.fill(0.0));
        let tape = network(&graph, &weights)
            .forward(shape, &random::values(shape.len(), seed ^ 5), Retain::All)
            .unwrap();
        let logits = &tape.activation(graph.output()).unwrap().data;
        // the backward pass starts with 1, and divides by the logit there
        for class in 0..3 {
            let target = Target::Class(class);
            for (id, to) in
                graph.ids().map(|id| (id, &graph.node(id).name)).filter(|(_, to)| *to != "classifier")
            {
                // a path bypasses `second`
                let all = !["second"].contains(&to.as_str());
                let relevance = tape.backward(target, id, LrpZero).unwrap();
                let gradient = tape.backward(target, id, ReluRule::Exact).unwrap();
                let x = tape.activation(id).unwrap();
                for (n, (relevance, (gradient, x))) in relevance
                    .data
                    .chunks(relevance.data.len() / 2)
                    .zip(gradient.data.chunks(gradient.data.len() / 2).zip(x.data.chunks(x.data.len() / 2)))
                    .enumerate()
                {
                    let logit = logits[n * 3 + class as usize];
                    if logit == 0.0 {
                        shut += 1;
                        continue;
                    }
                    let sum: f64 = relevance.iter().sum();
                    assert!(!all || (sum - 1.0).abs() <= TOLERANCE * scale(relevance), "{seed} {to}: {sum}");
                    for ((&relevance, &gradient), &x) in relevance.iter().zip(gradient).zip(x) {
                        let expected = gradient * x / logit;
                        let bound = TOLERANCE * expected.abs().max(1.0) * scale(&[1.0 / logit]);
                        assert!(
                            (relevance - expected).abs() <= bound,
                            "{seed} {to}: {relevance}, {expected}"
                        );
                    }
                }
            }
        }
    }
    assert!(shut < 16, "{shut} of 864 logits are zero");
}

/// The magnitude of terms that cancel.
fn scale(values: &[f64]) -> f64 {
    values.iter().map(|v| v.abs()).sum::<f64>().max(1.0)
}
