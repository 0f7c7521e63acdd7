//! Masks in various forms, and what an audit's report says of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use common::{BAD_INPUT, BAD_USE, done, file, json, refused, scratch};

/// Photos in two classes, a model, and the masks of the lesson in a folder of their own.
fn folder(name: &str) -> PathBuf {
    let folder = scratch(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (class, animal) in [("birds", "bird"), ("mammals", "mammal")] {
        for (from, to, ending) in [("images", "photos", "webp"), ("masks", "masks", "png")] {
            let to = folder.join(to).join(class);
            std::fs::create_dir_all(&to).unwrap();
            let from = file(&format!("tests/photos/bias/{from}/test_{animal}_00_grass.{ending}"));
            std::fs::copy(from, to.join(format!("one.{ending}"))).unwrap();
        }
    }
    done(args!["train", folder.join("photos"), "-o", folder.join("model.safetensors"), "--held-out", "0"]);
    folder
}

fn asked(folder: &Path, masks: &Path) -> Vec<OsString> {
    args!["audit", folder.join("photos"), "--model", folder.join("model.safetensors"), "--masks", masks]
}

fn evidence(folder: &Path, masks: &Path) -> serde_json::Value {
    json([asked(folder, masks), args!["--json"]].concat())["summary"][0]["evidence"]["mean"].clone()
}

/// A mask with other values: `value` for white, 0 for black.
fn revalued(path: &Path, value: u8) {
    let mut mask = image::open(path).unwrap().to_luma8();
    mask.pixels_mut().for_each(|pixel| pixel.0[0] = if pixel.0[0] > 127 { value } else { 0 });
    mask.save(path).unwrap();
}

#[test]
fn a_photo_is_no_mask_of_its_own() {
    let folder = folder("masks_and_photos");
    let masks = evidence(&folder, &folder.join("masks"));
    // a black and white drawing would be read as a mask
    let drawing = folder.join("photos/birds/drawing.png");
    let ink = image::GrayImage::from_fn(224, 224, |x, _| image::Luma([255 * u8::from(x < 90)]));
    ink.save(&drawing).unwrap();
    // the folder that contains those of the photos and of the masks
    let words = done(asked(&folder, &folder));
    assert!(words.contains("masks: 2 of 3 photos have one (white is inside)"), "{words}");
    assert!(
        words.contains("in the folder of the masks left out: ") && words.contains("photos/birds/drawing.png"),
        "{words}"
    );
    std::fs::remove_file(&drawing).unwrap();
    assert_eq!(evidence(&folder, &folder), masks);
    // and a copy of the folder of photos
    let copy = folder.join("copy/birds");
    std::fs::create_dir_all(&copy).unwrap();
    std::fs::copy(folder.join("photos/birds/one.webp"), copy.join("one.webp")).unwrap();
    let said = refused(BAD_USE, asked(&folder, copy.parent().unwrap()));
    assert!(said.ends_with("copy` are the photos themselves"), "{said}");
}

#[test]
fn masks_of_0_and_1_say_what_those_of_0_and_255_say() {
    let folder = folder("masks01");
    let masks = folder.join("masks");
    let white = evidence(&folder, &masks);
    assert!(white.as_f64().unwrap() > 0.0);
    for class in ["birds", "mammals"] {
        revalued(&masks.join(class).join("one.png"), 1);
    }
    assert_eq!(evidence(&folder, &masks), white);
    let words = done(asked(&folder, &masks));
    assert!(words.contains("masks: 2 of 2 photos have one (every value but 0 is inside)"), "{words}");
    let named = done([asked(&folder, &masks), args!["--mask-value", "1"]].concat());
    assert!(named.contains("(value 1 is inside)") && named.contains("by --mask-value 1"), "{named}");
    // a mask with nothing inside does not count
    revalued(&masks.join("birds/one.png"), 0);
    let words = done(asked(&folder, &masks));
    assert!(
        words.contains("masks: 1 of 2 photos has one")
            && words.contains("1 has nothing inside and is none: birds/one.webp"),
        "{words}"
    );
}

#[test]
fn masks_that_are_called_otherwise_are_found_and_none_at_all_is_an_error() {
    let folder = folder("mask_places");
    let masks = folder.join("masks");
    let white = evidence(&folder, &masks);
    std::fs::rename(masks.join("birds/one.png"), masks.join("birds/ONE_mask.PNG")).unwrap();
    std::fs::rename(masks.join("mammals/one.png"), masks.join("mammals/one.webp.png")).unwrap();
    assert_eq!(evidence(&folder, &masks), white);
    assert!(refused(BAD_INPUT, asked(&folder, &folder.join("nowhere"))).contains("nowhere"));
    let other = folder.join("other");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("annotations.json"), "{}").unwrap();
    let said = refused(BAD_USE, asked(&folder, &other));
    assert!(
        said.contains("for `birds/one.webp` it was looked for at ") && said.contains("other/birds/one.png"),
        "{said}"
    );
    assert!(said.contains("annotations.json"), "{said}");
    // a doubtful mask is reported on one line
    std::fs::remove_file(masks.join("mammals/one.webp.png")).unwrap();
    assert!(done(asked(&folder, &masks)).contains("masks: 1 of 2 photos has one"));
}

#[test]
fn masks_among_the_photos_are_no_photos() {
    let folder = folder("masks_beside");
    let white = evidence(&folder, &folder.join("masks"));
    let photos = folder.join("photos");
    for class in ["birds", "mammals"] {
        std::fs::copy(
            folder.join("masks").join(class).join("one.png"),
            photos.join(class).join("one_mask.png"),
        )
        .unwrap();
    }
    let model = folder.join("model.safetensors");
    let without = json(args!["audit", &photos, "--model", &model, "--json"]);
    assert_eq!(without["photos"]["found"], 2);
    assert!(without["left_out"].as_array().unwrap().iter().all(|out| out["code"] == "mask"), "{without}");
    let words = done(args!["audit", &photos, "--model", &model]);
    assert!(words.contains("masks: none asked for; 2 masks among the photos"), "{words}");
    assert_eq!(evidence(&folder, &photos), white, "they are those of the photos when they are asked for");
}

#[test]
fn a_report_says_what_it_stands_on_and_claims_no_certainty() {
    let folder = folder("stands_on");
    let html = folder.join("page.html");
    let words = done([asked(&folder, &folder.join("masks")), args!["--html", &html]].concat());
    let page = std::fs::read_to_string(&html).unwrap();
    for said in [
        "photos: 2 found, 2 looked at",
        "masks: 2 of 2 photos have one (white is inside)",
        "SHA-256 ",
        "blocks.14.add",
        "--fit squash",
    ] {
        assert!(words.contains(said), "{said}: {words}");
        assert!(page.contains(said), "{said} in the page");
    }
    assert!(words.contains("(of 2)") && !words.contains("100.0 to 100.0"), "{words}");
    for sentence in ["Wilson's 95 % interval", "drawn anew from these same photos (bootstrap)"] {
        assert!(words.contains(sentence) && page.contains(sentence), "{sentence}");
    }
    assert!(page.contains("The maps over the photos are those that were measured"));
}
