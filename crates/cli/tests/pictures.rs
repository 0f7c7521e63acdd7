//! The site's small pictures equal those that `just pictures` makes from its photos and its model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/pictures/first.rs"]
mod first;
#[path = "../examples/pictures/jpeg.rs"]
mod jpeg;
#[path = "../examples/pictures/recipe.rs"]
mod recipe;
#[path = "../examples/pictures/thumbs.rs"]
mod thumbs;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use candling_imaging::decode;
use recipe::File;
use serde_json::Value;

/// Largest mean difference of a picture, of 255 levels. CPUs round a map's last bits and a JPEG's transforms
/// differently, which moves single coefficients to the next step; another class changes whole regions, by 20
/// and more.
const MEAN_LEVELS: f64 = 0.4;

/// Largest difference of a probability. A logit differs by less than 1e-4 between two ways of rounding, and
/// no probability moves more than its logit.
const PROBABILITY: f64 = 1e-4;

static MADE: LazyLock<Vec<File>> = LazyLock::new(|| recipe::files(&www()).expect("the recipe works"));

fn www() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www")
}

fn committed(name: &str) -> Vec<u8> {
    std::fs::read(www().join("samples").join(name))
        .unwrap_or_else(|e| panic!("{name}: {e}; run just pictures"))
}

fn mean_difference(one: &[u8], other: &[u8]) -> f64 {
    let (one, other) = (decode(one).expect("a JPEG"), decode(other).expect("a JPEG"));
    assert_eq!((one.width, one.height), (other.width, other.height));
    let sum: u64 = one.rgba.iter().zip(&other.rgba).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    // alpha is 255 in both
    sum as f64 / (f64::from(one.width) * f64::from(one.height) * 3.0)
}

#[test]
fn the_committed_pictures_are_what_the_recipe_makes() {
    let pictures: Vec<&File> = MADE.iter().filter(|file| file.name.ends_with(".jpg")).collect();
    assert_eq!(pictures.len(), 16 + 5 + 4);
    for File { name, bytes } in pictures {
        let apart = mean_difference(&committed(name), bytes);
        assert!(apart <= MEAN_LEVELS, "{name}: {apart} levels from what the recipe makes; run just pictures");
    }
}

#[test]
fn the_folders_hold_nothing_else() {
    for folder in ["thumbs", "first"] {
        let made: BTreeSet<String> = MADE
            .iter()
            .filter_map(|file| file.name.strip_prefix(folder)?.strip_prefix('/').map(String::from))
            .collect();
        let there: BTreeSet<String> = std::fs::read_dir(www().join("samples").join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(there, made, "{folder}");
    }
}

#[test]
fn pictures_of_different_classes_are_further_apart_than_the_tolerance() {
    let large: Vec<&File> = MADE
        .iter()
        .filter(|file| file.name.starts_with("first/") && file.name.as_bytes()[6].is_ascii_digit())
        .collect();
    assert_eq!(large.len(), 5);
    for (i, one) in large.iter().enumerate() {
        for other in &large[i + 1..] {
            let apart = mean_difference(&one.bytes, &other.bytes);
            assert!(apart > 4.0 * MEAN_LEVELS, "{} and {}: {apart}", one.name, other.name);
        }
    }
}

#[test]
fn the_committed_numbers_are_the_models() {
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
    let file = MADE.iter().find(|file| file.name == "first/first.json").expect("made");
    let (mut made, mut there) = (parse(&file.bytes), parse(&committed(&file.name)));
    let probabilities = |value: &mut Value| -> Vec<f64> {
        let predictions = value["predictions"].as_array_mut().expect("a list");
        predictions.iter_mut().map(|entry| entry["probability"].take().as_f64().expect("a number")).collect()
    };
    let (expected, found) = (probabilities(&mut made), probabilities(&mut there));
    assert_eq!(there, made, "run just pictures");
    assert_eq!(found.len(), 5);
    for (expected, found) in expected.iter().zip(&found) {
        assert!((expected - found).abs() <= PROBABILITY, "{found}, {expected} now; run just pictures");
    }
}

/// The pictures that were made beforehand have the opacity of the live ones that replace them.
#[test]
fn the_pictures_are_as_strong_as_the_page_paints() {
    let page = std::fs::read_to_string(www().join("index.html")).unwrap();
    let range = page.split_once("id=\"opacity\"").expect("the page has a strength of the colours").1;
    let percent = range.split_once(" value=\"").unwrap().1.split_once('"').unwrap().0;
    assert_eq!(
        percent,
        (100.0 * first::COLORMAP.usual_opacity()).round().to_string(),
        "run just pictures with the page's strength"
    );
}

/// Examples of FIPS 180-4: an empty message, one block, and one whose length needs another block.
#[test]
fn the_digest_is_sha_256() {
    assert_eq!(first::sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(first::sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(
        first::sha256(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
}
