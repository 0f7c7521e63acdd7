//! Bad use of options: exit code 2, what is allowed on standard error, nothing on standard output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{BAD_USE, candling, dog_cat, refused, refused_at_length, scratch};

fn explain(options: &[&str]) -> String {
    let args = args!["explain", dog_cat()];
    refused(BAD_USE, args.into_iter().chain(options.iter().map(|&option| option.into())))
}

#[test]
fn an_unknown_class_offers_the_nearest() {
    let text = explain(&["--method", "grad-cam", "--target", "tabbi"]);
    assert!(text.starts_with("error: unknown class `tabbi`; the nearest are 281 (tabby cat)"), "{text}");
    let text = explain(&["--method", "grad-cam", "--target", "1000"]);
    assert_eq!(text, "error: unknown class 1000; this model has classes 0 to 999");
    let text = explain(&["--method", "grad-cam", "--target", "shepherd-vs-tabbi"]);
    assert!(text.contains("nearest are 281 (tabby cat)"), "{text}");
    let text = explain(&["--method", "grad-cam", "--target", "terrier"]);
    assert!(text.starts_with("error: class `terrier` is ambiguous: "), "{text}");
    assert!(text.contains("Terrier)"), "{text}");
    let text = explain(&["--method", "grad-cam", "--target", ""]);
    assert_eq!(text, "error: class is empty; give an index or a name");
    let text = explain(&["--method", "grad-cam", "--target", "235-vs-235"]);
    assert_eq!(text, "error: target: the margin of class 235 over itself is always 0; name two classes");
}

#[test]
fn an_unknown_layer_lists_some() {
    let text = explain(&["--method", "grad-cam", "--layer", "blocks.4.ad"]);
    let start = "error: unknown layer `blocks.4.ad`; layers are for example blocks.4.add, ";
    assert!(text.starts_with(start), "{text}");
    let text = explain(&["--method", "grad-cam", "--layer", "nowhere"]);
    assert!(text.contains("for example head, "), "{text}");
}

#[test]
fn options_that_do_not_go_together() {
    let text = explain(&["--method", "cam", "--counterfactual"]);
    assert_eq!(
        text,
        "error: counterfactual: `cam` has none, its map has both signs; it goes with `grad-cam`"
    );
    let text = explain(&["--method", "gradient", "--layer", "stem"]);
    assert_eq!(text, "error: layer: `gradient` is about the input's pixels and takes no layer");
    let text = explain(&["--method", "cam", "--layer", "stem"]);
    assert!(
        text.starts_with("error: layer: `cam` only works at the layer before the global average pool"),
        "{text}"
    );
    let text = explain(&["--method", "grad-cam", "--layer", "pool"]);
    assert!(
        text.starts_with("error: layer: `pool` (global_avg_pool) has no positions left to map"),
        "{text}"
    );
    let text = explain(&["--method", "grad-cam", "--patch", "32"]);
    assert_eq!(text, "error: patch: `grad-cam` has none; it goes with `occlusion`");
    let text = explain(&["--method", "gradient", "--stride", "8"]);
    assert_eq!(text, "error: stride: `gradient` has none; it goes with `occlusion`");
    let text = explain(&["--method", "occlusion", "--layer", "stem"]);
    assert_eq!(text, "error: layer: `occlusion` is about the input's pixels and takes no layer");
    let text = explain(&["--method", "occlusion", "--counterfactual"]);
    assert!(
        text.starts_with("error: counterfactual: `occlusion` has none, its map has both signs"),
        "{text}"
    );
    let text = explain(&["--method", "occlusion", "--patch", "225"]);
    assert_eq!(text, "error: patch: a side of 225 pixels; it is 1 to 224 on an input of 224x224");
    let jpeg = scratch("never.jpg");
    let text = explain(&["--method", "grad-cam", "-o", jpeg.to_str().unwrap()]);
    assert!(text.starts_with("error: output: `") && text.ends_with("end its name in .png"), "{text}");
    assert!(!jpeg.exists());
    let both = scratch("both.png");
    let text = explain(&["-o", both.to_str().unwrap(), "--raw", both.to_str().unwrap()]);
    assert!(
        text.starts_with("error: raw: `") && text.ends_with("is where the picture goes; name another file"),
        "{text}"
    );
    assert!(!both.exists());
}

#[test]
fn what_the_parser_refuses() {
    let photo = dog_cat();
    let explain = |options: &[&str]| {
        let args = args!["explain", &photo];
        refused_at_length(BAD_USE, args.into_iter().chain(options.iter().map(|&option| option.into())))
    };
    let text = explain(&["--method", "grad_cam"]);
    assert!(text.contains("unknown method `grad_cam`; methods are gradient, input-x-gradient,"), "{text}");
    assert!(text.contains("layer-cam, occlusion"), "{text}");
    let text = explain(&["--method", "grad-cam", "--colormap", "rainbow"]);
    assert!(["turbo", "inferno", "viridis", "jet"].iter().all(|name| text.contains(name)), "{text}");
    let text = explain(&["--method", "grad-cam", "--fit", "stretch"]);
    assert!(text.contains("squash") && text.contains("crop"), "{text}");
    for opacity in ["1.5", "-1", "NaN", "half"] {
        let text = explain(&["--method", "grad-cam", &format!("--opacity={opacity}")]);
        assert!(text.contains("it is a number from 0 to 1"), "{text}");
    }

    let text = refused_at_length(BAD_USE, args!["predict", &photo, "--input", "tensor.npy"]);
    assert!(text.contains("cannot be used with") && text.contains("--input"), "{text}");
    let text = refused_at_length(BAD_USE, args!["predict", "--input", "tensor.npy", "--fit", "crop"]);
    assert!(text.contains("cannot be used with"), "{text}");
    let text = refused_at_length(BAD_USE, args!["predict"]);
    assert!(text.contains("PHOTO"), "{text}");
    for top in ["0", "-1", "many"] {
        let top = format!("--top={top}");
        assert!(refused_at_length(BAD_USE, args!["predict", &photo, top]).contains("--top"));
    }
    refused_at_length(BAD_USE, args!["predict", &photo, "--tops", "1"]);
    refused_at_length(BAD_USE, args!["convert", "a.pth"]);
    refused_at_length(BAD_USE, args!["expose", &photo]);
    assert_eq!(candling(args!["explain"]).status.code(), Some(BAD_USE));
}
