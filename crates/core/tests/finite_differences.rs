//! The backward walk against central differences of the logit, in `f64`, on random networks that hold every
//! op.
//!
//! The networks are piecewise linear, so away from kinks a central difference is the gradient up to rounding,
//! whatever the step. Where a kink (a ReLU mask or a maximum that changes) lies within the step, no gradient
//! is defined and the coordinate is skipped; how many are skipped is bounded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{
    Add, Affine, AvgPool, Concat, Conv2d, Flatten, GlobalAvgPool, MaxPool, Padding, Window,
};
use candling_core::{Activation, Graph, NodeId, Op, ReluRule, Retain, Shape, Target, Weights};
use candling_testkit::random;
use candling_testkit::reference::{Array, parameters, walk_on};

use common::{conv, linear, network, node, random_weights, relu};

/// Small against the activations, so that few kinks lie within it, and a power of two, so that it adds
/// exactly.
const STEP: f64 = 1.0 / 4096.0;

/// Gradient against difference, relative to the layer's largest gradient: `f64` rounding of activations below
/// 10³, divided by the step.
const TOLERANCE: f64 = 1e-8;

/// What an activation may deviate from a straight line without there being a kink: `f64` rounding.
const STRAIGHT: f64 = 1e-12;

/// Random networks.
const NETWORKS: u64 = 24;

/// Coordinates tried per layer.
const COORDINATES: usize = 40;

/// Least share of the tried coordinates that must be away from kinks.
const CHECKED: f64 = 0.95;

/// Random choices.
struct Dice(std::vec::IntoIter<f32>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(random::values(256, seed).into_iter())
    }

    /// 0 to `sides` − 1
    fn roll(&mut self, sides: usize) -> usize {
        ((self.0.next().expect("a value") + 1.0) / 2.0 * sides as f32) as usize
    }

    fn pair(&mut self) -> [usize; 2] {
        [1 + self.roll(2), 1 + self.roll(2)]
    }

    fn padding(&mut self, sides: usize) -> Padding {
        let [top, bottom, left, right] = [0; 4].map(|_| self.roll(sides));
        Padding { top, bottom, left, right }
    }

    fn fused(&mut self) -> Activation {
        [Activation::None, Activation::Relu, Activation::Relu6][self.roll(3)]
    }
}

/// Every op, one after another or side by side; what varies is geometry, activations and size.
///
/// ```text
/// input ─ stem ─ depthwise ─ relu ─┬─ max ─ sum ─ concat ─ affine ─ relu6 ─ grouped
///                                  └─ avg ──┴───────┘
/// grouped ─┬─ flatten ─────────────────── vectors ─ classifier
///          ├─ gap ─┐                         │
///          └────── spread (gap + x) ─ gap2 ──┘
/// ```
fn random_graph(seed: u64) -> Graph {
    let mut dice = Dice::new(seed);
    let stem = Conv2d {
        window: Window {
            kernel: [2 + dice.roll(2), 3],
            stride: dice.pair(),
            padding: dice.padding(3),
            dilation: dice.pair(),
        },
        activation: dice.fused(),
        ..conv(3, 4, 3)
    };
    let depthwise = Conv2d {
        groups: 4,
        window: Window { padding: dice.padding(2), ..Window::new([3, 3], [1, 1]) },
        activation: dice.fused(),
        ..conv(4, 8, 3)
    };
    let (stride, ceil_mode) = (dice.pair(), dice.roll(2) == 1);
    let window = Window { padding: Padding::all(1), ..Window::new([3, 3], stride) };
    let avg = AvgPool { window, ceil_mode, count_include_pad: dice.roll(2) == 1 };
    let grouped = Conv2d {
        groups: 2,
        window: Window {
            padding: Padding { bottom: 1, right: 1, ..dice.padding(2) },
            ..conv(1, 1, 2).window
        },
        activation: dice.fused(),
        ..conv(16, 6, 2)
    };
    let input = Shape::new(2, 3, 10 + dice.roll(4), 10 + dice.roll(4));
    let mut layers = vec![
        node("stem", Op::Conv2d(stem), &["input"]),
        node("depthwise", Op::Conv2d(depthwise), &["stem"]),
        node("relu", relu(Activation::Relu), &["depthwise"]),
        node("max", Op::MaxPool(MaxPool { window, ceil_mode }), &["relu"]),
        node("avg", Op::AvgPool(avg), &["relu"]),
        node("sum", Op::Add(Add), &["max", "avg"]),
        node("concat", Op::Concat(Concat), &["sum", "avg"]),
        node("affine", Op::Affine(Affine { channels: 16 }), &["concat"]),
        node("relu6", relu(Activation::Relu6), &["affine"]),
        node("grouped", Op::Conv2d(grouped), &["relu6"]),
        node("gap", Op::GlobalAvgPool(GlobalAvgPool), &["grouped"]),
        node("spread", Op::Add(Add), &["grouped", "gap"]),
        node("flatten", Op::Flatten(Flatten), &["grouped"]),
        node("gap2", Op::GlobalAvgPool(GlobalAvgPool), &["spread"]),
        node("vectors", Op::Concat(Concat), &["flatten", "gap2"]),
    ];
    // the classifier's width follows from the geometry
    let features = Graph::new(input, layers.clone()).unwrap();
    let features = features.shape(features.output()).c;
    layers.push(node("classifier", linear(features, 3), &["vectors"]));
    Graph::new(input, layers).unwrap()
}

/// All outputs once `by` was added to one element of one layer's output.
fn nudged(graph: &Graph, weights: &[Weights], rest: &[Array], at: NodeId, i: usize, by: f64) -> Vec<Array> {
    let mut outputs = rest[..=at.index()].to_vec();
    let mut data = rest[at.index()].data.to_vec();
    data[i] += by;
    outputs[at.index()] = Array::new(rest[at.index()].shape, data);
    walk_on(graph, weights, outputs)
}

/// The target of all pictures together; their gradients do not mix.
fn value(logits: &Array, target: Target) -> f64 {
    let dy = target.gradient(logits.shape.c).unwrap();
    logits.data.iter().zip(dy.iter().cycle()).map(|(y, &dy)| y * f64::from(dy)).sum()
}

/// Whether every activation moved along a straight line, so that no kink lies within the step.
fn straight(low: &[Array], middle: &[Array], high: &[Array]) -> bool {
    low.iter().zip(middle).zip(high).all(|((low, middle), high)| {
        let mut values = low.data.iter().zip(middle.data.iter()).zip(high.data.iter());
        values.all(|((a, b), c)| (a + c - 2.0 * b).abs() <= STRAIGHT * b.abs().max(1.0))
    })
}

#[test]
fn gradients_are_the_slopes_at_every_layer() {
    let (mut tried, mut checked, mut sloped) = (0usize, 0usize, 0usize);
    let (mut clipped_below, mut clipped_above) = (0usize, 0usize);
    for seed in 0..NETWORKS {
        let graph = random_graph(seed);
        let mut weights = random_weights(&graph, seed);
        // wide enough that ReLU6 is reached from both sides
        weights.values_mut().for_each(|w| w.data.iter_mut().for_each(|v| *v *= 1.5));
        let shape = graph.shape(graph.input());
        let x = random::values(shape.len(), seed ^ 0xABCD);
        let target = if seed % 2 == 0 { Target::Class(1) } else { Target::Margin { class: 0, over: 2 } };

        let tape = network(&graph, &weights).forward(shape, &x, Retain::All).unwrap();
        let x = Array::new(shape, x.into_iter().map(f64::from).collect());
        let weights = parameters(&graph, &weights);
        let rest = walk_on(&graph, &weights, vec![x]);
        for id in graph.ids() {
            let name = &graph.node(id).name;
            assert_eq!(tape.activation(id).unwrap().data, rest[id.index()].data, "{seed} {name}");
            clipped_below += rest[id.index()].data.iter().filter(|&&y| y == 0.0).count();
            clipped_above += rest[id.index()].data.iter().filter(|&&y| y == 6.0).count();

            let gradient = tape.backward(target, id, ReluRule::Exact).unwrap();
            assert_eq!(gradient.shape, tape.shape(id), "{seed} {name}");
            let largest = gradient.data.iter().fold(0.0, |max: f64, g| max.max(g.abs()));
            let elements = gradient.data.len();
            let step = elements.div_ceil(COORDINATES);
            for i in (0..elements).step_by(step) {
                tried += 1;
                let low = nudged(&graph, &weights, &rest, id, i, -STEP);
                let high = nudged(&graph, &weights, &rest, id, i, STEP);
                if !straight(&low[id.index() + 1..], &rest[id.index() + 1..], &high[id.index() + 1..]) {
                    continue;
                }
                checked += 1;
                sloped += usize::from(gradient.data[i] != 0.0);
                let output = graph.output().index();
                let slope = (value(&high[output], target) - value(&low[output], target)) / (2.0 * STEP);
                let error = (gradient.data[i] - slope).abs();
                assert!(
                    error <= TOLERANCE * largest.max(1.0),
                    "network {seed}, `{name}` at {i}: gradient {}, slope {slope}",
                    gradient.data[i]
                );
            }
        }
    }
    assert!(tried > 9_000, "only {tried} coordinates");
    assert!(checked as f64 >= CHECKED * tried as f64, "only {checked} of {tried} are away from kinks");
    assert!(2 * sloped > checked, "only {sloped} of {checked} gradients are not zero");
    assert!(clipped_below > 1000 && clipped_above > 1000, "{clipped_below} and {clipped_above} clipped");
}
