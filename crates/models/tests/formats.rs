//! The known formats, and the errors for unknown files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_models::formats::{FORMATS, import, recognise};

use common::{Draft, told};

fn name(bytes: &[u8]) -> Option<&'static str> {
    recognise(bytes).map(|format| format.name)
}

#[test]
fn a_file_is_recognised_by_how_it_begins() {
    let cases: [(&[u8], Option<&str>); 6] = [
        (&Draft::new().bytes(), Some("Candling model")),
        (include_bytes!("data/zip.pth"), Some("PyTorch checkpoint")),
        (include_bytes!("data/legacy.pth"), Some("PyTorch checkpoint")),
        (b"", None),
        (b"P", None),
        (b"<!doctype html>", None),
    ];
    for (bytes, expected) in cases {
        assert_eq!(name(bytes), expected, "{:?}", &bytes[..bytes.len().min(20)]);
    }
}

#[test]
fn our_own_format_is_one_of_them() {
    let bytes = Draft::new().bytes();
    assert_eq!(import(&bytes).unwrap().to_bytes().unwrap(), bytes_of(&bytes));
}

/// The file as this crate writes it.
fn bytes_of(bytes: &[u8]) -> Vec<u8> {
    candling_models::Model::from_bytes(bytes).unwrap().to_bytes().unwrap()
}

#[test]
fn a_file_of_no_format_is_refused_with_all_that_there_are() {
    let error = import(b"GIF89a").unwrap_err();
    assert_eq!(error.code(), "unknown-format");
    let text = told(&error);
    for format in &FORMATS {
        assert!(text.contains(&format!("not a {}", format.name)), "{text}");
    }
}
