//! Lite0 on the card against PyTorch in `f64`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../cpu/tests/common/mod.rs"]
mod network;

use candling_testkit::golden_network::{Errors, every_case};

use common::card;
use network::{lite0, tensor};

/// As the CPU's, in `crates/cpu/tests/golden_network.rs`. Drivers may round a product and a sum once or twice, so the wider bound of
/// its two holds for maps at early layers.
const ALLOWED: Errors = Errors { logits: 2e-3, cam_at_head: 1e-3, cam_before: 6e-2, gradient: 1e-2 };

#[test]
fn every_golden_case() {
    let errors = every_case(&lite0(card()), tensor, ALLOWED);
    println!("largest errors: {errors:?}");
}
