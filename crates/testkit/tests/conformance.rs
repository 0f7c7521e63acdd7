//! The reference backend against PyTorch, and against finite differences.

use candling_testkit::conformance;
use candling_testkit::reference::Reference;

#[test]
fn golden_ops() {
    conformance::goldens(&Reference);
}

#[test]
fn convolutions_are_adjoint() {
    conformance::random_convolutions(&Reference, 256);
}

#[test]
fn edges() {
    conformance::edges(&Reference);
}
