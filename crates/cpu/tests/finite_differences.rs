//! The backward pass through the whole of Lite0 against a central difference of the logit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::{Backend, Network, ReluRule, Retain, Target};
use candling_cpu::Cpu;
use candling_testkit::reference::{Array, Reference, parameters, walk_on};
use candling_testkit::{golden, random};
use pollster::block_on;

use candling_testkit::golden_network::INPUT;
use common::{MODEL, lite0, tensor};

/// Step of the difference: small enough that hardly one of the 6.7 million ReLU6 of the network passes a kink
/// within it (at 1e-7 about five do, and each of them changes the slope by 1e-3), large enough that the
/// logit's `f64` rounding is far below its change.
const STEP: f64 = 1.0 / (1u64 << 30) as f64;

/// Difference of slope and gradient, as a share of the gradient's norm: the logit is rounded at 1e-14,
/// divided by the step.
const ROUNDING: f64 = 1e-5;

/// The same for the gradient in `f32`, for which a mask may flip by rounding; see `masks.rs`.
const FLIPS: f64 = 1e-2;

const CLASS: u32 = 285;

/// The gradient with respect to the pixels.
fn gradient<B: Backend>(network: &Arc<Network<B>>, x: &[f32]) -> Vec<f32> {
    let tape = network.forward(INPUT, x, Retain::All).unwrap();
    let dx = tape.backward(Target::Class(CLASS), MODEL.graph().input(), ReluRule::Exact).unwrap();
    block_on(network.backend().download(&dx)).unwrap()
}

#[test]
fn the_gradient_is_the_slope_in_a_random_direction() {
    let picture = golden::pictures().into_iter().find(|p| p.name == "dog_cat").unwrap();
    let x = tensor(&picture);
    let direction: Vec<f64> = random::values(x.len(), 1).into_iter().map(f64::from).collect();

    let parameters = parameters(MODEL.graph(), MODEL.weights());
    let logit = |step: f64| {
        let moved = x.iter().zip(&direction).map(|(&x, d)| f64::from(x) + d * step);
        let outputs = walk_on(MODEL.graph(), &parameters, vec![Array::new(INPUT, moved.collect())]);
        outputs[MODEL.graph().output().index()].data[CLASS as usize]
    };
    let slope = (logit(STEP) - logit(-STEP)) / (2.0 * STEP);

    let reference = gradient(&lite0(Reference), &x);
    let cpu = gradient(&lite0(Cpu::new()), &x);
    for (what, gradient, tolerance) in [("reference", reference, ROUNDING), ("cpu", cpu, FLIPS)] {
        let along: f64 = gradient.iter().zip(&direction).map(|(&g, d)| f64::from(g) * d).sum();
        let norm = gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>().sqrt();
        let error = (along - slope).abs() / norm;
        assert!(norm > 0.0 && error <= tolerance, "{what}: {along}, slope {slope}: off by {error:.1e}");
    }
}
