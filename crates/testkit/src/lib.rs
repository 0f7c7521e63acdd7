//! Support for Candling's tests: a [reference backend](reference) in `f64` loops, a loader for the [golden
//! data](golden) computed by PyTorch, and one [conformance suite](conformance) for every backend.
//!
//! Test code: it panics with a message where a test would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod compare;
pub mod conformance;
pub mod golden;
pub mod golden_network;
pub mod random;
pub mod reference;
