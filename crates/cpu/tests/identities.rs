//! Exact identities of the methods on the real network, without PyTorch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::LazyLock;

use candling_core::{Attribution, Backend, Method, NodeId, Query, ReluRule, Retain, Shape, Tape, Target};
use candling_cpu::Cpu;
use candling_testkit::compare::relative_to_max;
use candling_testkit::golden;
use pollster::block_on;

use candling_testkit::golden_network::INPUT;
use common::{MODEL, lite0, tensor};

/// Tolerance for two ways to compute the same sum of at most 1280 `f32` products.
const ROUNDING: f64 = 1e-5;

const DOG: Target = Target::Class(235);
const CAT: Target = Target::Class(285);

static DOG_AND_CAT: LazyLock<Vec<f32>> =
    LazyLock::new(|| tensor(golden::pictures().iter().find(|p| p.name == "dog_cat").unwrap()));

fn tape() -> Tape<Cpu> {
    lite0(Cpu::new()).forward(INPUT, &DOG_AND_CAT, Retain::All).unwrap()
}

fn layer(name: &str) -> NodeId {
    MODEL.graph().find(name).unwrap()
}

fn explain(tape: &Tape<Cpu>, query: Query) -> Attribution {
    block_on(tape.explain(&query)).unwrap()
}

fn values(tape: &Tape<Cpu>, target: Target, to: &str) -> Vec<f32> {
    let gradient = tape.backward(target, layer(to), ReluRule::Exact).unwrap();
    block_on(Cpu::new().download(&gradient)).unwrap()
}

#[test]
fn cam_is_area_times_grad_cam_is_area_times_hires_cam() {
    let tape = tape();
    for target in [DOG, CAT, Target::Margin { class: 235, over: 285 }] {
        let cam = explain(&tape, Query::new(Method::CAM, target)).data;
        assert!(cam.iter().any(|&v| v < 0.0), "the test needs a CAM of both signs");
        let rectified: Vec<f32> = cam.iter().map(|v| v.max(0.0)).collect();
        for method in [Method::GRAD_CAM, Method::HIRES_CAM] {
            let map = explain(&tape, Query::new(method, target)).data;
            let times_area: Vec<f32> = map.iter().map(|v| v * 49.0).collect();
            let error = relative_to_max(&times_area, &rectified);
            assert!(error <= ROUNDING, "{method} {target:?}: off by {error:.1e}");
        }
        let against = Query { counterfactual: true, ..Query::new(Method::GRAD_CAM, target) };
        let against: Vec<f32> = explain(&tape, against).data.iter().map(|v| v * 49.0).collect();
        let negated: Vec<f32> = cam.iter().map(|v| (-v).max(0.0)).collect();
        assert!(relative_to_max(&against, &negated) <= ROUNDING, "counterfactual {target:?}");
    }
}

/// At the last layer a channel's gradient is the same at every position, and so is its mean weighted by
/// activations.
#[test]
fn x_grad_cam_is_grad_cam_where_gradients_are_constant() {
    let tape = tape();
    for target in [DOG, CAT, Target::Margin { class: 235, over: 285 }] {
        let [x_grad_cam, grad_cam] = [Method::X_GRAD_CAM, Method::GRAD_CAM]
            .map(|method| explain(&tape, Query::new(method, target)).data);
        let error = relative_to_max(&x_grad_cam, &grad_cam);
        assert!(error <= ROUNDING, "{target:?}: off by {error:.1e}");
    }
}

#[test]
fn hires_cam_before_its_relu_sums_to_the_logit_without_bias() {
    let tape = tape();
    let logits = block_on(tape.logits()).unwrap();
    let bias = &MODEL.weights()["classifier.bias"].data;
    let head = block_on(Cpu::new().download(tape.activation(layer("head")).unwrap())).unwrap();
    for class in [235, 285, 0, 999] {
        let g = values(&tape, Target::Class(class as u32), "head");
        let map = Method::HIRES_CAM.cam().unwrap().signed_map(tape.shape(layer("head")), &head, &g);
        let sum: f64 = map.iter().map(|&v| f64::from(v)).sum();
        let expected = f64::from(logits[class]) - f64::from(bias[class]);
        assert!((sum - expected).abs() <= ROUNDING * 10.0, "class {class}: {sum}, expected {expected}");
    }
}

#[test]
fn the_gradient_of_a_margin_is_the_difference_of_gradients() {
    let tape = tape();
    for to in ["head", "blocks.9.depthwise", "stem", "input"] {
        let margin = values(&tape, Target::Margin { class: 235, over: 285 }, to);
        let (dog, cat) = (values(&tape, DOG, to), values(&tape, CAT, to));
        let difference: Vec<f32> = dog.iter().zip(cat).map(|(a, b)| a - b).collect();
        assert!(relative_to_max(&margin, &difference) <= ROUNDING, "{to}");
    }
}

/// Each picture of a batch is explained as if it were alone.
#[test]
fn a_batch_is_its_pictures() {
    let flipped: Vec<f32> = DOG_AND_CAT.chunks(224).flat_map(|row| row.iter().rev().copied()).collect();
    let both = [DOG_AND_CAT.as_slice(), &flipped].concat();
    let network = lite0(Cpu::new());
    let batch = network.forward(Shape { n: 2, ..INPUT }, &both, Retain::All).unwrap();
    let logits = block_on(batch.logits()).unwrap();
    for (i, x) in [DOG_AND_CAT.as_slice(), &flipped].iter().enumerate() {
        let alone = network.forward(INPUT, x, Retain::All).unwrap();
        let error = relative_to_max(&logits[i * 1000..][..1000], &block_on(alone.logits()).unwrap());
        assert!(error <= ROUNDING, "logits of picture {i}: off by {error:.1e}");
        for method in Method::of_one_pass() {
            let of_batch = explain(&batch, Query::new(method, CAT));
            let of_one = explain(&alone, Query::new(method, CAT));
            assert_eq!(of_batch.shape, Shape { n: 2, ..of_one.shape });
            let n = of_one.data.len();
            let error = relative_to_max(&of_batch.data[i * n..][..n], &of_one.data);
            assert!(error <= ROUNDING, "{method} of picture {i}: off by {error:.1e}");
        }
    }
}

/// The tensors that a forward pass retains do not change its results.
#[test]
fn keeping_less_gives_the_same() {
    let network = lite0(Cpu::new());
    let all = tape();
    let at = layer("blocks.4.add");
    let some = network.forward(INPUT, &DOG_AND_CAT, Retain::Layers(&[at])).unwrap();
    let query = Query::new(Method::LAYER_CAM, CAT).at(at);
    assert_eq!(explain(&some, query), explain(&all, query));
    assert!(some.activation(layer("blocks.4.project")).is_none(), "nothing asked for it");

    let none = network.forward(INPUT, &DOG_AND_CAT, Retain::Logits).unwrap();
    assert_eq!(block_on(none.logits()).unwrap(), block_on(all.logits()).unwrap());
    for (tape, at) in [(&some, layer("stem")), (&none, layer("head"))] {
        let refused = block_on(tape.explain(&Query::new(Method::GRAD_CAM, CAT).at(at))).unwrap_err();
        assert_eq!(refused.code(), "not-retained", "{refused}");
    }
}

/// The network accepts other input sizes.
#[test]
fn other_input_sizes() {
    let network = lite0(Cpu::new());
    for side in [32, 65, 320] {
        let shape = Shape { h: side, w: side + 7, ..INPUT };
        let x = candling_testkit::random::values(shape.len(), side as u64);
        let tape = network.forward(shape, &x, Retain::All).unwrap();
        let map = explain(&tape, Query::new(Method::GRADIENT, DOG));
        assert_eq!(map.shape, shape);
        assert!(map.data.iter().any(|&v| v != 0.0));
    }
}
