//! Bad input: exit code 1, one line on standard error with the file and the defect, nothing on standard
//! output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{BAD_INPUT, candling, dog_cat, f32s, file, npy, refused, scratch, written};
use serde::Deserialize;

#[test]
fn files_that_are_not_there() {
    let text = refused(BAD_INPUT, args!["predict", "no/such.jpg"]);
    assert!(text.starts_with("error: no/such.jpg: No such file"), "{text}");
    let folder = scratch("no photos");
    std::fs::create_dir_all(&folder).unwrap();
    let text = refused(BAD_INPUT, args!["predict", &folder]);
    assert!(text.starts_with(&format!("error: {}: ", folder.display())), "{text}");
    for args in [
        args!["predict", dog_cat(), "--model", "missing/none.safetensors"],
        args!["predict", "--input", "missing/none.npy"],
        args!["inspect", "missing/none.safetensors"],
        args!["convert", "missing/none.pth", "-o", scratch("never.safetensors")],
    ] {
        let text = refused(BAD_INPUT, &args);
        assert!(text.starts_with("error: missing/none.") && text.contains("No such file"), "{text}");
    }
    for output in ["--raw", "-o"] {
        let text = refused(
            BAD_INPUT,
            args!["explain", dog_cat(), "--method", "grad-cam", output, "no/such/folder.png"],
        );
        assert!(text.starts_with("error: no/such/folder.png: "), "{text}");
    }
}

#[derive(Deserialize)]
struct Manifest {
    files: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    expect: String,
    width: Option<u64>,
    height: Option<u64>,
}

/// Every odd file is predicted at its size, or refused in one line with its name.
#[test]
fn odd_photos() {
    let folder = file("tests/photos/odd");
    let manifest = std::fs::read(folder.join("manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
    let (mut read, mut refusals) = (0, 0);
    for entry in &manifest.files {
        let name = &entry.file;
        let path = folder.join(name);
        let output = candling(args!["predict", &path, "--json"]);
        let code = output.status.code();
        let refuse = || {
            let text = refused(BAD_INPUT, args!["predict", &path, "--json"]);
            assert!(text.starts_with(&format!("error: {}: ", path.display())), "{text}");
        };
        match (entry.expect.as_str(), code) {
            ("error", _) | ("ok-if-supported" | "either" | "reject-or-cope", Some(1)) => {
                refusals += 1;
                refuse();
            }
            ("ok" | "ok-if-supported" | "either" | "reject-or-cope", Some(0)) => {
                read += 1;
                let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
                let size = [&report["photo"]["width"], &report["photo"]["height"]].map(|v| v.as_u64());
                // browsers differ about its orientation, so both are accepted
                let turned = [entry.height, entry.width];
                let either = entry.expect == "either" && size == turned;
                assert!(size == [entry.width, entry.height] || either, "{name}: {size:?}");
            }
            (expected, _) => panic!("{name}: {expected}, but {output:?}"),
        }
    }
    assert!(read > 40 && refusals > 15, "{read} read, {refusals} refused");
}

#[test]
fn a_photo_of_a_hundred_megapixels() {
    // a PNG header of 10000x10000 is enough
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x27\x10\0\0\x27\x10\x08\x02\0\0\0".to_vec();
    png.extend(0x5d_9c_13_2a_u32.to_be_bytes());
    let path = written("100mp.png", &png);
    let text = refused(BAD_INPUT, args!["predict", &path]);
    let expected = "the picture is 10000x10000 pixels; at most 67 megapixels";
    assert!(text.contains(expected) && text.contains("100mp.png"), "{text}");
}

#[test]
fn models_that_are_none() {
    let whole = std::fs::read(file("www/models/efficientnet-lite0.safetensors")).unwrap();
    let refuse = |name: &str, bytes: &[u8]| {
        let path = written(name, bytes);
        let text = refused(BAD_INPUT, args!["inspect", &path]);
        let start = format!("error: {}: model file: ", path.display());
        assert!(text.starts_with(&start), "{text}");
        assert_eq!(refused(BAD_INPUT, args!["predict", dog_cat(), "--model", &path]), text);
        text
    };
    for length in [0, 7, 8, 1000, 100_000, whole.len() / 2, whole.len() - 1] {
        let text = refuse(&format!("cut-{length}.safetensors"), &whole[..length]);
        assert!(text.contains(&format!("not a complete safetensors file of {length} bytes")), "{text}");
    }
    refuse("photo.safetensors", &std::fs::read(dog_cat()).unwrap());
    let other: Vec<u8> = whole.iter().map(|b| b ^ 0x55).collect();
    refuse("garbled.safetensors", &other);
    let text = refuse("golden.safetensors", &std::fs::read(file("tests/golden/ops.safetensors")).unwrap());
    assert!(text.contains("no `candling` entry in the metadata"), "{text}");
}

#[test]
fn tensors_that_do_not_fit() {
    let refuse = |name: &str, bytes: &[u8], expected: &str| {
        let path = written(name, bytes);
        let text = refused(BAD_INPUT, args!["predict", "--input", &path]);
        assert!(text.contains(expected), "{name}: {text}");
    };
    let zeros = vec![0.0f32; 3 * 64 * 64];
    let good = f32s(zeros.iter().copied());
    let doubles: Vec<u8> = zeros.iter().flat_map(|&v| f64::from(v).to_le_bytes()).collect();
    refuse("f64.npy", &npy("<f8", "(1, 3, 64, 64)", &doubles), "f64.npy: needed f32 values");
    refuse("i32.npy", &npy("<i4", "(1, 3, 64, 64)", &good), "i32.npy: needed f32 values");
    let needed = "needed [1, 3, height, width]";
    refuse("rank3.npy", &npy("<f4", "(3, 64, 64)", &good), "the tensor is [3, 64, 64], needed");
    refuse("last.npy", &npy("<f4", "(1, 64, 64, 3)", &good), needed);
    refuse("batch.npy", &npy("<f4", "(3, 1, 64, 64)", &good), needed);
    refuse("scalar.npy", &npy("<f4", "()", &good[..4]), needed);
    refuse("empty.npy", &npy("<f4", "(1, 3, 0, 64)", &[]), "empty.npy: input is 1x3x0x64");
    let huge = "(1, 3, 2000000000, 2000000000)";
    refuse("huge.npy", &npy("<f4", huge, &good), "input is 1x3x2000000000x2000000000");
    let absurd = "(1, 3, 18446744073709551615, 99999999999999999999)";
    refuse("absurd.npy", &npy("<f4", absurd, &good), "needed 1 to 268435456 elements");
    refuse("short.npy", &npy("<f4", "(1, 3, 64, 64)", &good[..1000]), "short.npy: needed f32 values");
    refuse("none.npy", b"", "none.npy: not .npy");
    refuse("text.npy", b"1 2 3", "text.npy: not .npy");
    let whole = npy("<f4", "(1, 3, 64, 64)", &good);
    refuse("header.npy", &whole[..40], "header.npy: not .npy");
    let fortran = String::from_utf8_lossy(&whole[..128]).replace("False", "True ");
    assert!(fortran.contains("True"));
    let fortran = [&whole[..10], &fortran.as_bytes()[fortran.find('{').unwrap()..], &whole[128..]].concat();
    refuse("fortran.npy", &fortran, "the tensor is in Fortran order; save it with np.ascontiguousarray");
    for (name, value) in [("nan", f32::NAN), ("inf", f32::INFINITY)] {
        let mut values = zeros.clone();
        values[4242] = value;
        let expected = format!("{name}.npy: input is not finite at element 4242");
        refuse(&format!("{name}.npy"), &npy("<f4", "(1, 3, 64, 64)", &f32s(values)), &expected);
    }
}

#[test]
fn checkpoints_that_are_none() {
    let output = scratch("never.safetensors");
    let refuse = |path: &Path| {
        let text = refused(BAD_INPUT, args!["convert", path, "-o", &output]);
        assert!(text.starts_with(&format!("error: {}: ", path.display())), "{text}");
        text
    };
    let text = refuse(&dog_cat());
    assert!(
        text.contains("not a PyTorch checkpoint (neither a zip nor torch.save's older format)"),
        "{text}"
    );
    // checkpoints of other networks than EfficientNet-Lite
    for name in ["legacy.pth", "zip.pth"] {
        let text = refuse(&file(&format!("crates/models/tests/data/{name}")));
        assert!(
            text.contains("checkpoint: not EfficientNet-Lite0: `_conv_stem.weight` is missing; not "),
            "{text}"
        );
    }
    assert!(!output.exists());
}
