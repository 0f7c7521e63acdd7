//! Colour profiles and PNG's colour chunks against littleCMS.
#![cfg(feature = "decode")]
#![allow(clippy::expect_used)]

use candling_imaging::{Note, decode_noting};
use serde::Deserialize;

const COLOUR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/photos/colour/");

#[derive(Deserialize)]
struct Manifest {
    across: usize,
    patch: usize,
    files: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    /// The colour of each patch.
    patches: Vec<[u8; 3]>,
    /// Tolerance in levels, for rounding at each step of two programs; more if a JPEG or a coarse table is
    /// involved.
    tol: u8,
    #[serde(default)]
    ignored: bool,
    alpha: Option<u8>,
}

#[test]
fn colours_come_out_as_littlecms_has_them() {
    let manifest = std::fs::read(format!("{COLOUR}manifest.json")).expect("a manifest");
    let Manifest { across, patch, files } = serde_json::from_slice(&manifest).expect("a valid manifest");
    assert!(files.len() > 20, "the manifest is complete");
    let mut wrong = Vec::new();
    for Entry { file, patches, tol, ignored, alpha } in files {
        let bytes = std::fs::read(format!("{COLOUR}{file}")).expect("a file of the manifest");
        let (photo, notes) = decode_noting(&bytes).expect("a picture");
        for (index, expected) in patches.into_iter().enumerate() {
            let (x, y) = (index % across * patch + patch / 2, index / across * patch + patch / 2);
            let at = (y * photo.width as usize + x) * 4;
            let seen = &photo.rgba[at..at + 4];
            let apart = seen.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().expect("three");
            if apart > tol {
                wrong.push(format!("{file}, patch {index}: {seen:?}, littleCMS {expected:?} within {tol}"));
            }
            assert_eq!(seen[3], alpha.unwrap_or(255), "{file}: no profile is of alpha");
        }
        let said = notes.iter().any(|note| matches!(note, Note::ProfileIgnored { .. }));
        assert_eq!(said, ignored, "{file}: {notes:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
