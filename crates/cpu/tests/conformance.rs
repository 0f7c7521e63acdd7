//! The CPU backend against PyTorch's golden ops, the `f64` reference and the identities of a vjp.

use candling_cpu::Cpu;
use candling_testkit::conformance;

#[test]
fn golden_ops() {
    conformance::goldens(&Cpu::new());
}

#[test]
fn convolutions_agree_with_the_reference_and_are_adjoint() {
    conformance::random_convolutions(&Cpu::new(), 1500);
}

#[test]
fn ops_agree_with_the_reference() {
    conformance::random_ops(&Cpu::new());
}

#[test]
fn edges() {
    conformance::edges(&Cpu::new());
}
