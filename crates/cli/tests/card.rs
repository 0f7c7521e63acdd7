//! `--backend webgpu`, on any GPU that Vulkan offers, or a software renderer if there is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::process::{Command, Output};

use candling_testkit::compare::{max_difference, relative_l2};
use candling_testkit::golden;
use candling_testkit::golden_network::Errors;
use common::{dog_cat, file, read_npy, scratch};
use serde_json::Value;

/// Runs the command on the GPU with more variables in its environment.
fn on_the_card(args: Vec<std::ffi::OsString>, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candling"));
    // Vulkan's loader complains on standard error if a machine without a desktop has no such folder
    command.env("XDG_RUNTIME_DIR", env!("CARGO_TARGET_TMPDIR")).envs(environment.iter().copied());
    command.args(args).args(["--backend", "webgpu"]).output().unwrap()
}

/// The JSON line of a run that must succeed.
fn report(args: Vec<std::ffi::OsString>) -> Value {
    let Output { status, stdout, stderr } = on_the_card(args, &[]);
    assert!(status.success() && stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
    serde_json::from_slice(&stdout).unwrap()
}

#[test]
fn its_numbers_are_the_golden_ones() {
    let picture = file("tests/golden/cases/dog_cat.png");
    let (golden, _) = golden::case("dog_cat", 285);

    let raw = scratch("card_logits.npy");
    let said = report(args!["predict", &picture, "--json", "--raw", &raw]);
    assert!(max_difference(&read_npy(&raw).1, &golden["logits"].data) <= Errors::ROUNDED_ONCE.logits);
    assert_eq!(said["backend"]["name"], "webgpu");
    assert!(!said["backend"]["card"].as_str().unwrap().is_empty(), "the card has a name");

    let raw = scratch("card_guided.npy");
    let said = report(args![
        "explain",
        &picture,
        "--method",
        "guided-grad-cam",
        "--target",
        "285",
        "--json",
        "--raw",
        &raw
    ]);
    let (extents, map) = read_npy(&raw);
    assert_eq!(extents, "3,224,224");
    // the goldens contain every fourth row and column
    let every_fourth: Vec<f32> =
        map.chunks(224).step_by(4).flat_map(|row| row.iter().step_by(4).copied()).collect();
    let error = relative_l2(&every_fourth, &golden["guided-grad-cam.sub4"].data);
    assert!(error <= Errors::ROUNDED_ONCE.gradient, "off by {error:.1e}");
    for stage in ["load", "decode", "prepare", "forward", "explain"] {
        assert!(said["timings_ms"][stage].as_f64().unwrap() > 0.0, "{stage}");
    }
}

#[test]
fn the_processor_says_so_too() {
    let said = common::json(args!["predict", dog_cat(), "--json"]);
    assert_eq!(said["backend"], serde_json::json!({ "name": "cpu", "card": null, "software": false }));
}

/// Vulkan's loader finds no driver if it is given a path that does not exist.
#[test]
#[cfg(target_os = "linux")]
fn without_a_card_the_way_on_is_named() {
    let nowhere = [("VK_DRIVER_FILES", "/nowhere"), ("VK_ICD_FILENAMES", "/nowhere")];
    let Output { status, stdout, stderr } = on_the_card(args!["predict", dog_cat()], &nowhere);
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(common::BAD_INPUT), "{said}");
    assert!(stdout.is_empty());
    assert!(said.starts_with("error: there is no graphics card to use: "), "{said}");
    assert!(said.ends_with("; `--backend cpu` needs none\n"), "{said}");
}
