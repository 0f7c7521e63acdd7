//! The WebGPU backend against PyTorch's golden ops, the `f64` reference and the identities of a vjp.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_testkit::conformance;

use common::card;

#[test]
fn golden_ops() {
    conformance::goldens(&card());
}

#[test]
fn convolutions_agree_with_the_reference_and_are_adjoint() {
    conformance::random_convolutions(&card(), 500);
}

#[test]
fn ops_agree_with_the_reference() {
    conformance::random_ops(&card());
}

#[test]
fn edges() {
    conformance::edges(&card());
}
