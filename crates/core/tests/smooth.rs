//! Networks of smooth functions, gates and shuffles, against central differences of the logit in `f64`; and
//! that a forward pass which keeps only what a backward pass needs keeps their inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{ChannelShuffle, GlobalAvgPool, Mul, Unary};
use candling_core::{Backend, Graph, Op, ReluRule, Retain, Shape, Target};
use candling_testkit::random;
use candling_testkit::reference::{Array, Reference, parameters, walk_on};

use common::{conv, linear, network, node, random_weights};

/// Step of the differences. The error of a central difference is of the order of its square: 1e-8, times
/// third derivatives of some tens.
const STEP: f64 = 1.0 / 8192.0;

/// Tolerance between gradient and difference, relative to the layer's largest gradient.
const TOLERANCE: f64 = 1e-5;

const INPUT: Shape = Shape::new(2, 3, 6, 5);

/// A graph with every smooth function, a squeeze-and-excitation block with its scale as either operand, a
/// square, and a shuffle.
fn graph() -> Graph {
    let mut layers = vec![node("stem", Op::Conv2d(conv(3, 6, 3)), &["input"])];
    let mut from = "stem".to_owned();
    for &f in Unary::ALL {
        let name = format!("{f:?}");
        layers.push(node(&name, Op::Unary(f), &[&from]));
        from = name;
    }
    layers.extend([
        node("squeeze", Op::GlobalAvgPool(GlobalAvgPool), &[&from]),
        node("excite", Op::Conv2d(conv(6, 6, 1)), &["squeeze"]),
        node("scale", Op::Unary(Unary::Sigmoid), &["excite"]),
        node("scaled", Op::Mul(Mul), &[&from, "scale"]),
        node("again", Op::Mul(Mul), &["scale", "scaled"]),
        node("shuffle", Op::ChannelShuffle(ChannelShuffle { groups: 3 }), &["again"]),
        node("mixed", Op::Conv2d(conv(6, 4, 2)), &["shuffle"]),
        node("square", Op::Mul(Mul), &["mixed", "mixed"]),
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["square"]),
        node("classifier", linear(4, 3), &["pool"]),
    ]);
    Graph::new(INPUT, layers).unwrap()
}

#[test]
fn gradients_are_the_slopes_at_every_layer() {
    let graph = graph();
    let weights = random_weights(&graph, 11);
    let x = random::values(INPUT.len(), 12);
    let target = Target::Margin { class: 0, over: 2 };
    let tape = network(&graph, &weights).forward(INPUT, &x, Retain::All).unwrap();
    let parameters = parameters(&graph, &weights);
    let x = Array::new(INPUT, x.into_iter().map(f64::from).collect());
    let rest = walk_on(&graph, &parameters, vec![x]);
    let dy = target.gradient(3).unwrap();
    for id in graph.ids() {
        let gradient = tape.backward(target, id, ReluRule::Exact).unwrap();
        let largest = gradient.data.iter().fold(0.0, |max: f64, g| max.max(g.abs()));
        assert!(largest > 0.0, "{}", graph.node(id).name);
        for i in 0..gradient.data.len() {
            let [low, high] = [-STEP, STEP].map(|by| {
                let mut outputs = rest[..=id.index()].to_vec();
                let mut data = outputs[id.index()].data.to_vec();
                data[i] += by;
                outputs[id.index()] = Array::new(tape.shape(id), data);
                let logits = walk_on(&graph, &parameters, outputs).pop().unwrap();
                logits.data.iter().zip(dy.iter().cycle()).map(|(y, &dy)| y * f64::from(dy)).sum::<f64>()
            });
            let slope = (high - low) / (2.0 * STEP);
            let error = (gradient.data[i] - slope).abs();
            let name = &graph.node(id).name;
            assert!(error <= TOLERANCE * largest, "`{name}` at {i}: {}, slope {slope}", gradient.data[i]);
        }
    }
}

#[test]
fn what_a_walk_needs_is_kept_and_no_more() {
    let graph = graph();
    let network = network(&graph, &random_weights(&graph, 21));
    let x = random::values(INPUT.len(), 22);
    let all = network.forward(INPUT, &x, Retain::All).unwrap();
    for to in graph.ids() {
        let some = network.forward(INPUT, &x, Retain::Layers(&[to])).unwrap();
        let [some_dx, all_dx] =
            [&some, &all].map(|tape| tape.backward(Target::Class(1), to, ReluRule::Exact).unwrap());
        assert_eq!(some_dx.data, all_dx.data, "{}", graph.node(to).name);
        let error = some.backward(Target::Class(1), graph.input(), ReluRule::Exact).is_err();
        // from the block on, the tensors for the vjps before it are freed
        assert_eq!(error, to >= graph.find("squeeze").unwrap(), "{}", graph.node(to).name);
    }
    // the squeezed vector is not needed again
    let some = network.forward(INPUT, &x, Retain::Layers(&[graph.input()])).unwrap();
    assert!(some.activation(graph.find("squeeze").unwrap()).is_none());
    assert!(some.activation(graph.find("scale").unwrap()).is_some());
}

/// Extreme values do not overflow in between, and NaN stays NaN.
#[test]
fn smooth_functions_take_any_number() {
    for &f in Unary::ALL {
        for x in [-1e30f32, -200.0, -0.0, 0.0, 200.0, 1e30] {
            let kept = if f.keeps_input() { x } else { f.function()(x) };
            assert!(f.function()(x).is_finite() && f.slope()(kept).is_finite(), "{f:?} at {x}");
            let x = Reference.upload(Shape::vector(1, 1), &[x]).unwrap();
            assert!(Reference.unary(&x, f).unwrap().data[0].is_finite(), "{f:?}");
        }
        assert!(f.function()(f32::NAN).is_nan() && f.slope()(f32::NAN).is_nan(), "{f:?}");
    }
}
