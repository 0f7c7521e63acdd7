//! Answers of the small weights on photos, compared with those of the full weights.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};

use common::{file, json, read_npy, scratch};
use serde_json::Value;

/// Least correlation of each Grad-CAM with that of the full weights; measured on 207 photos: 0.998 at worst.
const CORRELATION: f64 = 0.99;

/// The top class may change only if the full weights' best two logits are closer than this. Rounding changes
/// a logit by 0.03 (root mean square over 207 photos and all classes); measured: closer than 0.04 where it
/// changes.
const CLOSE: f64 = 0.1;

fn photos() -> Vec<PathBuf> {
    let folders =
        ["www/samples", "tests/photos/pointing"].map(|folder| std::fs::read_dir(file(folder)).unwrap());
    let files = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut photos: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "jpg")).collect();
    photos.sort();
    photos
}

fn explain(photo: &Path, model: &str, class: Option<&Value>) -> (Value, Vec<f64>) {
    let raw = scratch(&format!("small-weights-{}.npy", model.len()));
    let mut args =
        args!["explain", photo, "--method", "grad-cam", "--model", file(model), "--raw", &raw, "--json"];
    if let Some(class) = class {
        args.extend(args!["--target", class.to_string()]);
    }
    let predictions = json(args)["predictions"].clone();
    (predictions, read_npy(&raw).1.into_iter().map(f64::from).collect())
}

/// Pearson's correlation.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f64], mean_x: f64, y: &[f64], mean_y: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum()
    };
    let spread = product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b);
    product(a, mean_a, b, mean_b) / spread.sqrt()
}

#[test]
fn they_say_the_same_and_for_the_same_reason() {
    let photos = photos();
    assert!(photos.len() >= 30, "{} photos", photos.len());
    for photo in photos {
        let (full, map) = explain(&photo, "www/models/efficientnet-lite0.safetensors", None);
        let top = &full[0]["index"];
        let (small, other) = explain(&photo, "www/models/efficientnet-lite0-small.safetensors", Some(top));
        assert_ne!(small, full, "these are two models");
        let logit = |place: usize| full[place]["logit"].as_f64().unwrap();
        let name = photo.display();
        assert!(
            small[0]["index"] == *top || logit(0) - logit(1) < CLOSE,
            "{name}: {} became {}",
            full[0],
            small[0]
        );
        let correlation = correlation(&map, &other);
        assert!(correlation >= CORRELATION, "{name}: {correlation}");
    }
}
