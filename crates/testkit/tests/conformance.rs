//! The reference backend against PyTorch, and against finite differences.

use candling_testkit::conformance;
use candling_testkit::golden::op_cases;
use candling_testkit::reference::Reference;
use pollster::block_on;

#[test]
fn golden_ops() {
    block_on(conformance::goldens(&Reference, op_cases()));
}

#[test]
fn convolutions_are_adjoint() {
    block_on(conformance::random_convolutions(&Reference, 256));
}

#[test]
fn edges() {
    block_on(conformance::edges(&Reference));
}

#[test]
fn values_move_as_in_the_reference() {
    block_on(conformance::index_maps(&Reference));
}
