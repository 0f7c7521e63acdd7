//! Lite0 on the CPU backend against PyTorch in `f64`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::{Method, Query, Retain, Target};
use candling_cpu::{Cpu, Rounding};
use candling_testkit::compare::max_difference;
use candling_testkit::golden;
use candling_testkit::golden_network::{Errors, every_case, largest, relu};
use candling_testkit::reference::Reference;
use pollster::block_on;

use candling_testkit::golden_network::INPUT;
use common::{MODEL, lite0, tensor};

/// Tolerances if products and sums are rounded separately. Then another mask flips, in one picture's stem,
/// where HiResCAM shows the gradient of single positions: it changes by 2.8e-2 and LayerCAM by 4.1e-2.
/// `masks.rs` shows that in both cases masks flip only at their kinks.
const ROUNDING_TWICE: Errors = Errors { cam_before: 6e-2, ..Errors::ROUNDED_ONCE };

#[test]
fn every_golden_case_rounding_once() {
    Cpu::with_rounding(Rounding::Once).into_iter().for_each(|cpu| {
        every_case(&lite0(cpu), tensor, Errors::ROUNDED_ONCE);
    });
}

#[test]
fn every_golden_case_rounding_twice() {
    every_case(&lite0(Cpu::with_rounding(Rounding::Twice).unwrap()), tensor, ROUNDING_TWICE);
}

/// The `f64` reference runs the same network, so the goldens hold to `f32` storage.
#[test]
fn the_reference_agrees_on_the_whole_network() {
    /// Tolerance for `f32` rounding of inputs, weights and outputs only.
    const STORAGE: f64 = 1e-5;
    let network = lite0(Reference);
    let picture = golden::pictures().into_iter().find(|p| p.name == "dog_cat").unwrap();
    let tape = network.forward(INPUT, &tensor(&picture), Retain::All).unwrap();
    let logits = block_on(tape.logits()).unwrap();
    let (class, _) = picture.classes[0];
    let (golden, _) = golden::case(&picture.name, class);
    assert!(max_difference(&logits, &golden["logits"].data) <= STORAGE);
    let stem = MODEL.graph().find("stem").unwrap();
    let map = block_on(tape.explain(&Query::new(Method::GRAD_CAM, Target::Class(class)).at(stem))).unwrap();
    let signed = &golden["stem/grad-cam.signed"].data;
    let error = max_difference(&map.data, &relu(signed, 1.0));
    assert!(error <= STORAGE * largest(signed), "stem off by {error:.1e}");
}
