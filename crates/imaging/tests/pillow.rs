//! `resize` and `prepare` against Pillow, and the tables against matplotlib and PyTorch. `data/make_data.py`
//! made the references, with the versions pinned there.
#![cfg(feature = "decode")]
#![allow(clippy::expect_used)]

use std::path::Path;

use candling_imaging::{Colormap, Fit, Photo, Preprocessing, Rect, decode, prepare, resize, view};
use serde::Deserialize;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/cases");

/// Largest difference in levels of 255. Pillow rounds its weights to 22 bits, the library here to about 15: a
/// sum near a half may be rounded to the other side.
const MAX_DIFFERENCE: u8 = 1;

/// Largest mean difference, far less; 1 would be acceptable.
const MEAN_DIFFERENCE: f64 = 0.02;

/// Differences for JPEG, whose inverse cosine transform is not specified to the bit; Pillow uses
/// libjpeg-turbo, we zune-jpeg.
const MAX_DIFFERENCE_JPEG: u8 = 4;
const MEAN_DIFFERENCE_JPEG: f64 = 0.05;

fn read(folder: &str, name: &str) -> Photo {
    let bytes = std::fs::read(Path::new(folder).join(name)).expect("a reference file");
    decode(&bytes).expect("a reference picture")
}

fn json<T: for<'a> Deserialize<'a>>(folder: &str, name: &str) -> T {
    let bytes = std::fs::read(Path::new(folder).join(name)).expect("a reference file");
    serde_json::from_slice(&bytes).expect("the expected fields")
}

/// Largest and mean difference of two pictures.
fn difference(ours: &[u8], theirs: &[u8]) -> (u8, f64) {
    assert_eq!(ours.len(), theirs.len());
    let differences = || ours.iter().zip(theirs).map(|(a, b)| a.abs_diff(*b));
    let colours = ours.len() as f64 * 0.75; // alpha is always equal
    (differences().max().unwrap_or(0), differences().map(f64::from).sum::<f64>() / colours)
}

#[test]
fn resize_is_pillows_bicubic() {
    let whole = |photo: &Photo| Rect { x: 0, y: 0, width: photo.width, height: photo.height };
    let (opaque, alpha) = (read(DATA, "noise.png"), read(DATA, "noise_alpha.png"));
    let cases = [
        (&opaque, whole(&opaque), "noise_32x24.png"),
        (&opaque, whole(&opaque), "noise_150x110.png"),
        (&opaque, whole(&opaque), "noise_7x90.png"),
        (&opaque, Rect { x: 10, y: 3, width: 41, height: 41 }, "noise_crop_28x28.png"),
        (&alpha, Rect { x: 5, y: 2, width: 35, height: 35 }, "noise_alpha_crop_20x20.png"),
    ];
    for (photo, rect, name) in cases {
        let pillow = read(DATA, name);
        let ours = resize(&photo.rgba, photo.width, photo.height, rect, pillow.width, pillow.height)
            .expect("valid sizes");
        let (max, mean) = difference(&ours, &pillow.rgba);
        println!("{name}: max {max}, mean {mean:.4}");
        assert!(max <= MAX_DIFFERENCE && mean <= MEAN_DIFFERENCE, "{name}: max {max}, mean {mean}");
    }
}

#[test]
fn photos_are_prepared_as_the_goldens_were() {
    let photo = read(DATA, "cat.jpg");
    for (fit, folder, name) in [(Fit::Crop, CASES, "cat.png"), (Fit::Squash, DATA, "cat_squash_224x224.png")]
    {
        let pillow = read(folder, name);
        let rect = view(photo.width, photo.height, fit, 0.875).expect("a valid view");
        let ours = resize(&photo.rgba, photo.width, photo.height, rect, 224, 224).expect("valid sizes");
        let (max, mean) = difference(&ours, &pillow.rgba);
        println!("{name}: max {max}, mean {mean:.4}");
        assert!(max <= MAX_DIFFERENCE_JPEG && mean <= MEAN_DIFFERENCE_JPEG, "{name}: max {max}, mean {mean}");

        let lite0 = Preprocessing {
            width: 224,
            height: 224,
            mean: [127.0; 3],
            std: [128.0; 3],
            crop_fraction: 0.875,
        };
        let prepared = prepare(&photo.rgba, photo.width, photo.height, fit, &lite0).expect("valid");
        assert_eq!(prepared.view, rect);
        let (red, last) = (prepared.tensor.first(), prepared.tensor.last());
        assert_eq!(red, Some(&((f32::from(ours[0]) - 127.0) / 128.0)));
        assert_eq!(last, Some(&((f32::from(ours[ours.len() - 2]) - 127.0) / 128.0)));
    }
}

#[test]
fn the_view_is_the_goldens() {
    #[derive(Deserialize)]
    struct Case {
        source: String,
        fit: String,
        crop_xyxy: [u32; 4],
    }
    let sizes = [
        ("cat.jpg", 451, 300),
        ("coffee.jpg", 600, 400),
        ("dog_cat.jpg", 800, 478),
        ("guitar_drums.jpg", 800, 600),
        ("lemur.jpg", 800, 534),
        ("macaw.jpg", 800, 620),
    ];
    let cases: std::collections::BTreeMap<String, Case> = json(CASES, "index.json");
    assert_eq!(cases.len(), sizes.len());
    for case in cases.values() {
        let (_, width, height) =
            sizes.into_iter().find(|(name, ..)| *name == case.source).expect("a known photo");
        let fit: Fit = case.fit.parse().expect("a fit");
        let rect = view(width, height, fit, 0.875).expect("a valid view");
        let xyxy = [rect.x, rect.y, rect.x + rect.width, rect.y + rect.height];
        assert_eq!(xyxy, case.crop_xyxy, "{}", case.source);
    }
}

#[test]
fn colormaps_are_matplotlibs() {
    let entries: std::collections::BTreeMap<String, Vec<String>> = json(DATA, "colormaps.json");
    for map in [Colormap::Turbo, Colormap::Inferno, Colormap::Viridis, Colormap::Jet] {
        let entries = &entries[map.name()];
        assert_eq!(entries.len(), 256);
        for (index, entry) in entries.iter().enumerate() {
            // the middle of the step, then its lower edge
            for t in [(index as f32 + 0.5) / 256.0, index as f32 / 256.0] {
                let [r, g, b, _] = map.rgba(t);
                assert_eq!(&format!("{r:02x}{g:02x}{b:02x}"), entry, "{map} at {t}");
            }
        }
    }
}
