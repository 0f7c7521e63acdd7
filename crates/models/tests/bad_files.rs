//! Invalid model files: refused with a precise error, never a panic, never a guess.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_models::Model;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use safetensors::Dtype;
use serde_json::{Value, json};

use common::{Draft, halves, refusal};

#[test]
fn an_empty_file() {
    let text = refusal(&[]);
    assert!(text.starts_with("model file: not a complete safetensors file of 0 bytes: "), "{text}");
}

#[test]
fn a_file_cut_short_anywhere() {
    let bytes = Draft::new().bytes();
    for length in 0..bytes.len() {
        let text = refusal(&bytes[..length]);
        let expected = format!("model file: not a complete safetensors file of {length} bytes: ");
        assert!(text.starts_with(&expected), "{text}");
    }
}

#[test]
fn a_file_with_more_behind_it() {
    let bytes = [Draft::new().bytes(), vec![0; 3]].concat();
    assert!(refusal(&bytes).contains("not a complete safetensors file"));
}

#[test]
fn a_header_longer_than_the_file() {
    for length in [u64::MAX, u64::MAX / 2, 1 << 40, 1 << 27, 10_000] {
        let mut bytes = Draft::new().bytes();
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        assert!(refusal(&bytes).contains("not a complete safetensors file"), "{length}");
    }
}

#[test]
fn other_files() {
    for bytes in [&b"PK\x03\x04"[..], b"<!doctype html><html></html>", &[0x80; 100], &[0; 4096]] {
        assert!(refusal(bytes).contains("not a complete safetensors file"));
    }
    let hint =
        "it begins like a PyTorch checkpoint; make a model file of it with `candling convert FILE.pth -o";
    assert!(refusal(b"PK\x03\x04").contains(hint));
    assert!(!refusal(b"<html>").contains("begins like"));
}

#[test]
fn a_safetensors_file_of_someone_else() {
    let text = "model file: no `candling` entry in the metadata; make the file with `candling convert \
                CHECKPOINT.pth -o MODEL.safetensors`";
    assert_eq!(refusal(&Draft::new().bytes_under("format")), text);
    let none = safetensors::serialize(Vec::<(String, safetensors::tensor::TensorView<'_>)>::new(), None);
    assert_eq!(refusal(&none.unwrap()), text);
}

/// Changes to the document, each with its error message.
#[test]
fn documents() {
    let edits: [(&str, Value, &str); 37] = [
        ("/format", json!(2), "format 2; this version reads format 1"),
        ("/format", json!(0), "format 0; this version reads format 1"),
        ("/format", json!("1"), "the `candling` document names no format"),
        ("/format", json!(-1), "the `candling` document names no format"),
        ("/name", json!(7), "the `candling` document: invalid type: integer `7`, expected a string"),
        ("/labels", json!(["cat", "dog"]), "2 labels for 3 classes"),
        ("/labels", json!(["cat", "dog", "egg", "hen"]), "4 labels for 3 classes"),
        ("/labels", json!([]), "0 labels for 3 classes"),
        ("/labels/1", json!(null), "the `candling` document: invalid type: null, expected a string"),
        ("/default_layer", json!("head"), "unknown layer `head`; layers are for example stem, input"),
        (
            "/default_layer",
            json!("pool"),
            "the default layer `pool` (global_avg_pool) has no positions to map",
        ),
        ("/layers", json!([]), "tensor `classifier.bias` belongs to no layer"),
        (
            "/layers/0/op",
            json!("conv9d"),
            "the `candling` document: unknown variant `conv9d`, expected one of",
        ),
        ("/layers/0/op", json!("conv2d"), "the `candling` document: invalid type: unit variant"),
        ("/layers/0/op/conv2d/stride", json!([2]), "the `candling` document: invalid length 1, expected"),
        (
            "/layers/0/op/conv2d/stride",
            json!([-1, 1]),
            "the `candling` document: invalid value: integer `-1`",
        ),
        ("/layers/0/op/conv2d/colour", json!(1), "the `candling` document: unknown field `colour`"),
        (
            "/layers/0/op/conv2d/activation",
            json!("gelu"),
            "the `candling` document: unknown variant `gelu`, expected one of `none`, `relu`, `relu6`",
        ),
        (
            "/layers/0/op/conv2d/groups",
            json!(0),
            "layer `stem` (conv2d): groups is 0 for 0 to 4 channels, needed a divisor of both",
        ),
        (
            "/layers/0/op/conv2d/groups",
            json!(3),
            "layer `stem` (conv2d): groups is 3 for 9 to 4 channels, needed a divisor of both",
        ),
        (
            "/layers/0/op/conv2d/groups",
            json!(u64::MAX),
            "layer `stem` (conv2d): groups is 18446744073709551615 for 18446744073709551615 to 4 channels, needed",
        ),
        (
            "/layers/0/op/conv2d/groups",
            json!(2),
            "layer `stem` (conv2d): input is 1x3x6x8 (3 channels), needed 6 channels, as the weights have",
        ),
        (
            "/layers/0/op/conv2d/stride",
            json!([0, 1]),
            "layer `stem` (conv2d): height of the window is kernel 3, stride 0",
        ),
        (
            "/layers/0/op/conv2d/padding",
            json!([u64::MAX, 1, 1, 1]),
            "layer `stem` (conv2d): height of the window is kernel 3, stride 2",
        ),
        (
            "/layers/0/op/conv2d/dilation",
            json!([1, 9]),
            "layer `stem` (conv2d): width of the input is 8 (and padding 1 and 0), needed at least the window's 19",
        ),
        ("/layers/0/inputs", json!([]), "invalid graph: nothing uses layer `input`"),
        (
            "/layers/0/inputs",
            json!(["pool"]),
            "invalid graph: layer `stem` takes `pool`, which is not a layer before it",
        ),
        (
            "/layers/1/inputs",
            json!(["stam"]),
            "invalid graph: layer `pool` takes `stam`, which is not a layer before it",
        ),
        ("/layers/1/inputs", json!(["input"]), "invalid graph: nothing uses layer `stem`"),
        ("/layers/1/op", json!("add"), "layer `pool` (add): invalid graph: takes 2 inputs, got 1"),
        (
            "/layers/1/op",
            json!("relu"),
            "layer `classifier` (linear): input is 1x4x3x7, needed 1x4x1x1; flatten or pool before it",
        ),
        ("/layers/1/op", json!("affine"), "layer `pool`: its weight `pool.weight` is missing"),
        ("/layers/1/name", json!("input"), "invalid graph: two layers are named `input`"),
        ("/layers/2/name", json!("head"), "layer `head`: its weight `head.weight` is missing"),
        ("/preprocessing/width", json!(0), "preprocessing Preprocessing { width: 0,"),
        ("/preprocessing/height", json!(5000), "preprocessing Preprocessing { width: 8, height: 5000,"),
        ("/preprocessing/std/2", json!(0), "preprocessing Preprocessing {"),
    ];
    for (place, value, text) in edits {
        let mut draft = Draft::new();
        set(&mut draft.document, place, value.clone());
        let told = draft.refusal();
        assert!(told.starts_with(&format!("model file: {text}")), "{place} = {value}: {told}");
    }
    for place in ["/preprocessing/crop_fraction", "/preprocessing/mean/0", "/preprocessing/std/0"] {
        for value in ["0", "-0.5", "1.5", "1e39", "-1e39"] {
            let mut draft = Draft::new();
            set(&mut draft.document, place, serde_json::from_str(value).unwrap());
            let fine = match place {
                "/preprocessing/crop_fraction" => false,
                "/preprocessing/mean/0" => !value.contains('e'),
                _ => !value.contains('e') && value != "0",
            };
            assert_eq!(Model::from_bytes(&draft.bytes()).is_ok(), fine, "{place} = {value}");
        }
    }
}

/// Sets or adds a value.
fn set(document: &mut Value, place: &str, value: Value) {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match key.parse::<usize>() {
        Ok(index) => parent[index] = value,
        Err(_) => parent[key] = value,
    }
}

#[test]
fn a_document_without_one_of_its_entries() {
    let whole = Draft::new();
    let keys: Vec<String> = whole.document.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 8);
    for key in keys {
        let mut draft = whole.clone();
        draft.document.as_object_mut().unwrap().remove(&key);
        let text = draft.refusal();
        let expected = if key == "format" { "names no format" } else { &format!("missing field `{key}`") };
        assert!(text.contains(expected), "{text}");
    }
    for document in [json!(null), json!([]), json!("1"), json!(1)] {
        assert!(Draft { document, ..whole.clone() }.refusal().contains("names no format"));
    }
}

/// Changes to the tensors, each with its error message.
#[test]
fn tensors() {
    let cases: [(&str, Option<common::Tensor>, &str); 13] = [
        ("stem.weight", None, "layer `stem`: its weight `stem.weight` is missing"),
        ("stem.bias", None, "layer `stem` (conv2d): weight `stem.bias` is missing"),
        ("classifier.bias", None, "layer `classifier` (linear): weight `classifier.bias` is missing"),
        ("stem.scale", Some(halves(&[4])), "tensor `stem.scale` belongs to no layer"),
        ("hidden", Some(halves(&[400])), "tensor `hidden` belongs to no layer"),
        ("pool.weight", Some(halves(&[4])), "tensor `pool.weight` belongs to no layer"),
        (
            "stem.weight",
            Some(halves(&[4, 27])),
            "layer `stem`: `stem.weight` has extents [4, 27], needed 4 of them",
        ),
        (
            "stem.weight",
            Some(halves(&[4, 2, 3, 3])),
            "layer `stem` (conv2d): input is 1x3x6x8 (3 channels), needed 2 channels, as the weights have",
        ),
        (
            "stem.weight",
            Some(halves(&[4, 3, 0, 3])),
            "layer `stem` (conv2d): height of the window is kernel 0, stride 2",
        ),
        (
            "stem.bias",
            Some(halves(&[5])),
            "layer `stem` (conv2d): weight `stem.bias` is [5] (5 values), needed [4]",
        ),
        (
            "classifier.weight",
            Some(halves(&[3, 5])),
            "layer `classifier` (linear): input is 1x4x1x1, needed 1x5x1x1",
        ),
        (
            "stem.bias",
            Some((Dtype::I32, vec![4], vec![0; 16])),
            "weight `stem.bias` is I32; f16 and f32 are allowed",
        ),
        (
            "stem.bias",
            Some((Dtype::F16, vec![4], [0, 0x3c, 0, 0x7e, 0, 0, 0, 0].to_vec())),
            "layer `stem` (conv2d): weight `stem.bias` is not finite at element 1 (NaN)",
        ),
    ];
    for (name, tensor, text) in cases {
        let mut draft = Draft::new();
        match tensor {
            Some(tensor) => draft.tensors.insert(name.to_owned(), tensor),
            None => draft.tensors.remove(name),
        };
        let told = draft.refusal();
        assert!(told.starts_with(&format!("model file: {text}")), "{name}: {told}");
    }
}

/// A misspelt name is one tensor missing and one too many.
#[test]
fn a_misnamed_tensor() {
    for (right, wrong, text) in [
        ("stem.weight", "stem.weights", "layer `stem`: its weight `stem.weight` is missing"),
        ("stem.bias", "stam.bias", "tensor `stam.bias` belongs to no layer"),
    ] {
        let mut draft = Draft::new();
        let tensor = draft.tensors.remove(right).unwrap();
        draft.tensors.insert(wrong.into(), tensor);
        assert_eq!(draft.refusal(), format!("model file: {text}"));
    }
}

/// Pictures and activations of absurd size must not be allocated.
#[test]
fn sizes_that_would_not_fit_into_memory() {
    let mut draft = Draft::new();
    set(&mut draft.document, "/layers/0/op/conv2d/padding", json!([30_000, 30_000, 30_000, 30_000]));
    let text = draft.refusal();
    assert!(
        text.contains("layer `stem` (conv2d): output is 1x4x30002x60006, needed 1 to 268435456"),
        "{text}"
    );
}

/// A fixed seed: the same cases on every run, so that failures are reproducible.
fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Checks that any bytes give a model or the error `bad-model`.
fn reads_or_refuses(bytes: &[u8]) {
    if let Err(error) = Model::from_bytes(bytes) {
        assert_eq!(error.code(), "bad-model");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn corrupted_headers() {
    let bytes = Draft::new().bytes();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let edits = proptest::collection::vec((0..header, any::<u8>()), 1..6);
    let result = runner(4000).run(&edits, |edits| {
        let mut bytes = bytes.clone();
        edits.iter().for_each(|&(at, value)| bytes[at] = value);
        reads_or_refuses(&bytes);
        Ok(())
    });
    result.unwrap();
}

/// Replaces every digit of the header by every other: sizes, offsets and options that still parse.
#[test]
fn other_numbers() {
    let bytes = Draft::new().bytes();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for at in (8..header).filter(|&at| bytes[at].is_ascii_digit()) {
        for digit in b'0'..=b'9' {
            let mut bytes = bytes.clone();
            bytes[at] = digit;
            reads_or_refuses(&bytes);
        }
    }
}

#[test]
fn corrupted_anywhere() {
    let bytes = Draft::new().bytes();
    let edits = (0..bytes.len(), any::<u8>());
    let result = runner(4000).run(&edits, |(at, value)| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        reads_or_refuses(&bytes);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn garbage() {
    let result = runner(2000).run(&proptest::collection::vec(any::<u8>(), 0..400), |bytes| {
        refusal(&bytes);
        // garbage as the header of an otherwise well-formed file
        let length = (bytes.len() as u64).to_le_bytes();
        refusal(&[&length[..], &bytes].concat());
        Ok(())
    });
    result.unwrap();
}
