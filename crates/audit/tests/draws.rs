//! Random draws are the same on every machine: natively here, in a page in `tests/e2e/head.test.mjs`.
#![allow(clippy::unwrap_used)]

use candling_audit::bootstrap;
use serde::Deserialize;

/// Values made once on a 64-bit machine; they only show that all machines agree.
#[derive(Debug, Deserialize)]
struct Draws {
    values: Vec<f64>,
    interval: [f64; 2],
}

#[test]
fn intervals_are_those_of_every_machine() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/draws.json");
    let draws: Draws = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(bootstrap(&draws.values, 1), Some(draws.interval));
}
