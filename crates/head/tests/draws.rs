//! Random draws are the same on every machine: natively here, in a page in `tests/e2e/head.test.mjs`.
#![allow(clippy::unwrap_used)]

use candling_head::split;
use serde::Deserialize;

/// Values made once by this crate on a 64-bit machine; they only show that all machines agree.
#[derive(Debug, Deserialize)]
struct Draws {
    labels: Vec<u32>,
    share: f64,
    held_out: Vec<u8>,
}

#[test]
fn splits_are_those_of_every_machine() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/draws.json");
    let draws: Draws = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let held_out: Vec<u8> = split(&draws.labels, draws.share, 1).into_iter().map(u8::from).collect();
    assert_eq!(held_out, draws.held_out);
}
