//! Training against NumPy's, in f64 with the gradient written out (`tests/golden/head.py`).
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use candling_head::{Examples, Settings, train};
use serde::Deserialize;

/// Rounding to f32 in each of 400 steps, each of which shrinks the errors of those before; values are about
/// 1.
const ROUNDING: f32 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    classes: usize,
    width: usize,
    features: Vec<f32>,
    labels: Vec<u32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

#[test]
fn weights_and_biases_are_those_of_numpy() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/head.json");
    let golden: Golden = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let examples = Examples::new(golden.features, golden.labels, golden.classes, golden.width).unwrap();
    let head = train(&examples, Settings::default(), |_| ControlFlow::Continue(())).unwrap();
    for (ours, theirs) in [(&head.weight, &golden.weight), (&head.bias, &golden.bias)] {
        assert_eq!(ours.len(), theirs.len());
        let apart = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("largest difference {apart:e}");
        assert!(apart < ROUNDING, "{apart}");
    }
}
