//! Lite0 on the GPU against PyTorch in `f64`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../cpu/tests/common/mod.rs"]
mod network;

use candling_testkit::golden_network::{Errors, every_case};

use common::card;
use network::{lite0, tensor};

/// Uses the bounds for fused multiply-add; a driver without it may need the wider ones of the CPU's test.
#[test]
fn every_golden_case() {
    let errors = every_case(&lite0(card()), tensor, Errors::ROUNDED_ONCE);
    println!("largest errors: {errors:?}");
}
