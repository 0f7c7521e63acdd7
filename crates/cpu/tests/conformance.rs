//! The CPU backend against PyTorch's golden ops, the `f64` reference and the identities of a vjp.

use candling_cpu::{Cpu, Rounding};
use candling_testkit::conformance;
use candling_testkit::golden::op_cases;
use pollster::block_on;

/// A backend for every set of kernels that this CPU supports.
fn backends() -> impl Iterator<Item = Cpu> {
    [Rounding::Once, Rounding::Twice].into_iter().filter_map(Cpu::with_rounding)
}

#[test]
fn golden_ops() {
    backends().for_each(|cpu| block_on(conformance::goldens(&cpu, op_cases())));
}

#[test]
fn convolutions_agree_with_the_reference_and_are_adjoint() {
    backends().for_each(|cpu| block_on(conformance::random_convolutions(&cpu, 1500)));
}

#[test]
fn ops_agree_with_the_reference() {
    backends().for_each(|cpu| block_on(conformance::random_ops(&cpu)));
}

#[test]
fn edges() {
    backends().for_each(|cpu| block_on(conformance::edges(&cpu)));
}
