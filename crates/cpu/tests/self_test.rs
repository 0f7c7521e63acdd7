//! The identities by which a page checks its engine: they hold on Lite0, and fail on the defects that they
//! are meant to find.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::{Identity, Retain, Target, Trained, Weights};
use candling_cpu::Cpu;
use candling_testkit::golden;
use pollster::block_on;

use candling_testkit::golden_network::INPUT;
use common::{MODEL, lite0, tensor};

const DOG: Target = Target::Class(235);
const DOG_OVER_CAT: Target = Target::Margin { class: 235, over: 285 };

fn dog_and_cat() -> Vec<f32> {
    tensor(golden::pictures().iter().find(|picture| picture.name == "dog_cat").unwrap())
}

/// Checks the identities on Lite0 as it is, with the statistics of these weights.
fn check(weights: &Weights, target: Target) -> Vec<Identity> {
    let tape = lite0(Cpu::new()).forward(INPUT, &dog_and_cat(), Retain::All).unwrap();
    let trained = Trained::of(MODEL.graph(), weights).unwrap();
    block_on(tape.identities(&trained, target)).unwrap()
}

fn broken(identities: &[Identity]) -> Vec<&str> {
    identities.iter().filter(|i| i.residual.is_nan() || i.residual > i.bound).map(|i| i.name).collect()
}

#[test]
fn all_hold_on_lite0() {
    for target in [DOG, DOG_OVER_CAT, Target::Class(0)] {
        let identities = check(MODEL.weights(), target);
        let names: Vec<&str> = identities.iter().map(|i| i.name).collect();
        let all = [
            "cam-is-grad-cam",
            "cam-is-hires-cam",
            "hires-cam-sums-to-logit",
            "counterfactual-is-negative",
            "adjoint",
            "margin-is-difference",
        ];
        assert_eq!(names, all);
        assert_eq!(broken(&identities), [""; 0], "{identities:?}");
    }
}

/// A bias that differs from the file's in one channel of one layer.
#[test]
fn a_wrong_bias_breaks_them_and_its_layer_is_named() {
    for layer in ["classifier", "blocks.15.project", "blocks.6.project", "blocks.0.project"] {
        let mut weights = MODEL.weights().clone();
        weights.get_mut(&format!("{layer}.bias")).unwrap().data[3] += 0.01;
        let identities = check(&weights, Target::Class(3));
        let worst = identities.iter().find(|i| i.name == "adjoint").unwrap();
        assert_eq!(worst.layer.map(|id| MODEL.graph().node(id).name.as_str()), Some(layer));
        let expected =
            if layer == "classifier" { vec!["hires-cam-sums-to-logit", "adjoint"] } else { vec!["adjoint"] };
        assert_eq!(broken(&identities), expected);
    }
}
