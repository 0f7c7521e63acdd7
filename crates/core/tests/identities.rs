//! The identities by which a page checks its engine: which ones apply, and that a broken kernel breaks them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::ops::{Conv2d, Flatten, Reduce};
use candling_core::{
    Activation, Backend, Error, Gate, Graph, Identity, Network, Op, ReluRule, Result, Retain, Shape, Target,
    Trained, Weights,
};
use candling_testkit::random;
use candling_testkit::reference::{Array, Conv, Linear, Reference};
use pollster::block_on;

use common::{SMALL, conv, linear, node, random_weights, small_graph, told};

/// The reference backend with one fault.
struct Faulty(Fault);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// The gradient of a convolution is a thousandth too large.
    ConvGradient,
    /// The gradient of a linear layer is a thousandth too large.
    LinearGradient,
    /// The gradient passes a closed ReLU.
    Mask,
    /// The bias is added twice.
    Bias,
}

fn longer(x: Array) -> Array {
    Array::new(x.shape, x.data.iter().map(|v| v * 1.001).collect())
}

impl Backend for Faulty {
    type Tensor = Array;
    type Conv = Conv;
    type Linear = Linear;
    type Affine = <Reference as Backend>::Affine;
    type Argmax = <Reference as Backend>::Argmax;

    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Array> {
        Reference.upload(shape, data)
    }
    async fn download(&self, x: &Array) -> Result<Vec<f32>> {
        Reference.download(x).await
    }
    fn shape(&self, x: &Array) -> Shape {
        Reference.shape(x)
    }
    fn prepare_conv2d(&self, op: &Conv2d, w: &[f32], b: &[f32]) -> Result<Conv> {
        let b: Vec<f32> = b.iter().map(|b| if self.0 == Fault::Bias { 2.0 * b } else { *b }).collect();
        Reference.prepare_conv2d(op, w, &b)
    }
    fn conv2d(&self, x: &Array, conv: &Conv, y: Shape) -> Result<Array> {
        Reference.conv2d(x, conv, y)
    }
    fn conv2d_vjp(&self, dz: &Array, conv: &Conv, x: Shape, gate: Option<Gate<'_, Array>>) -> Result<Array> {
        let dx = Reference.conv2d_vjp(dz, conv, x, gate)?;
        Ok(if self.0 == Fault::ConvGradient { longer(dx) } else { dx })
    }
    fn prepare_linear(&self, w: &[f32], b: &[f32]) -> Result<Linear> {
        Reference.prepare_linear(w, b)
    }
    fn linear(&self, x: &Array, linear: &Linear) -> Result<Array> {
        Reference.linear(x, linear)
    }
    fn linear_vjp(&self, dy: &Array, linear: &Linear) -> Result<Array> {
        let dx = Reference.linear_vjp(dy, linear)?;
        Ok(if self.0 == Fault::LinearGradient { longer(dx) } else { dx })
    }
    fn gated(&self, dy: &Array, gate: Gate<'_, Array>) -> Result<Array> {
        let rule = if self.0 == Fault::Mask { ReluRule::Deconv } else { gate.rule };
        Reference.gated(dy, Gate { rule, ..gate })
    }
    fn reduce(&self, x: &Array, to: Reduce) -> Result<Array> {
        Reference.reduce(x, to)
    }
    fn spread(&self, dy: &Array, from: Reduce, x: Shape) -> Result<Array> {
        Reference.spread(dy, from, x)
    }
    fn reshape(&self, x: &Array, y: Shape) -> Result<Array> {
        Reference.reshape(x, y)
    }
}

fn check(graph: &Graph, fault: Fault, of: Shape, retain: Retain<'_>) -> Result<Vec<Identity>> {
    let weights: Weights = random_weights(graph, 5);
    let network = Arc::new(Network::new(Faulty(fault), graph.clone(), &weights).unwrap());
    let tape = network.forward(of, &random::values(of.len(), 6), retain).unwrap();
    block_on(tape.identities(&Trained::of(graph, &weights).unwrap(), Target::Class(2)))
}

/// Names and layers of the identities that do not hold.
fn broken(fault: Fault) -> Vec<(&'static str, Option<String>)> {
    let graph = small_graph();
    let found = check(&graph, fault, SMALL, Retain::All).unwrap();
    assert_eq!(found.len(), 6);
    let name = |i: &Identity| (i.name, i.layer.map(|id| graph.node(id).name.clone()));
    found.iter().filter(|i| i.residual > i.bound).map(name).collect()
}

#[test]
fn they_hold_on_the_reference() {
    assert_eq!(broken(Fault::None), []);
}

#[test]
fn a_gradient_that_is_no_adjoint_is_found() {
    let [found] = &broken(Fault::ConvGradient)[..] else { panic!("one") };
    assert_eq!(found.0, "adjoint");
    assert!(["first", "second"].contains(&found.1.as_deref().unwrap()), "{found:?}");

    let found = broken(Fault::LinearGradient);
    assert!(found.contains(&("adjoint", Some("classifier".into()))), "{found:?}");
    assert!(found.contains(&("hires-cam-sums-to-logit", None)), "{found:?}");
}

#[test]
fn a_mask_that_lets_everything_pass_is_found() {
    let found = broken(Fault::Mask);
    assert!(found.iter().any(|(name, _)| *name == "adjoint"), "{found:?}");
}

#[test]
fn a_bias_that_is_not_the_files_is_found() {
    let found = broken(Fault::Bias);
    assert!(found.iter().any(|(name, _)| *name == "adjoint"), "{found:?}");
}

#[test]
fn only_those_that_apply_are_checked() {
    let layers = vec![
        node("conv", Op::Conv2d(Conv2d { activation: Activation::Relu, ..conv(2, 3, 3) }), &["input"]),
        node("flatten", Op::Flatten(Flatten), &["conv"]),
        node("classifier", linear(12, 4), &["flatten"]),
    ];
    let of = Shape::new(1, 2, 4, 4);
    let graph = Graph::new(of, layers).unwrap();
    let names = |graph: &Graph, of| {
        let found = check(graph, Fault::None, of, Retain::All).unwrap();
        assert!(found.iter().all(|i| i.residual <= i.bound), "{found:?}");
        found.iter().map(|i| i.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&graph, of), ["counterfactual-is-negative", "adjoint", "margin-is-difference"]);

    let layers = vec![node("classifier", linear(2, 4), &["input"])];
    let vector = Shape::vector(1, 2);
    assert_eq!(names(&Graph::new(vector, layers).unwrap(), vector), ["adjoint"]);
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let graph = small_graph();
    let two = check(&graph, Fault::None, Shape { n: 2, ..SMALL }, Retain::All).unwrap_err();
    assert_eq!(told(&two), ("bad-argument", "identities: 2 pictures; give it one at a time".into()));
    let little = check(&graph, Fault::None, SMALL, Retain::Logits).unwrap_err();
    assert!(matches!(little, Error::NotRetained(_)), "{little}");
}
