//! Lite0 on the card against PyTorch in `f64`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../cpu/tests/common/mod.rs"]
mod network;

use candling_testkit::golden_network::{Errors, every_case};

use common::card;
use network::{lite0, tensor};

/// A driver that rounds product and sum apart may need the wider of the CPU's two bounds.
#[test]
fn every_golden_case() {
    let errors = every_case(&lite0(card()), tensor, Errors::ROUNDED_ONCE);
    println!("largest errors: {errors:?}");
}
