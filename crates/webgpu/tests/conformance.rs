//! The WebGPU backend against PyTorch's golden ops, the `f64` reference and the identities of a vjp.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_testkit::conformance;
use candling_testkit::golden::op_cases;
use pollster::block_on;

use common::card;

#[test]
fn golden_ops() {
    block_on(conformance::goldens(&card(), op_cases()));
}

#[test]
fn convolutions_agree_with_the_reference_and_are_adjoint() {
    block_on(conformance::random_convolutions(&card(), 500));
}

#[test]
fn ops_agree_with_the_reference() {
    block_on(conformance::random_ops(&card()));
}

#[test]
fn edges() {
    block_on(conformance::edges(&card()));
}

#[test]
fn values_move_as_in_the_reference() {
    block_on(conformance::index_maps(&card()));
}
