//! The article's experiment: a dog and a cat in one photo, and the evidence for each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::Bilinear;
use common::{dog_cat, done, file, read_npy, scratch};
use serde_json::Value;

const DOG: u32 = 235;
/// Tabby cat, tiger cat, Egyptian Mau: each counts as this cat.
const CATS: [u32; 3] = [281, 282, 285];

/// Least share of Guided Grad-CAM's energy in the box of the target class.
const CHOSEN: f64 = 0.9;

/// Least share of Guided Backprop's energy in each box, for either target: it is not class-discriminative.
const LIT: f64 = 0.05;

/// Guided Grad-CAM's share in the other box, as a fraction of Guided Backprop's, at most.
const DIMMED: f64 = 0.1;

/// `[left, top, right, bottom]`, right and bottom exclusive.
type Box = [u32; 4];

struct Photo {
    size: (u32, u32),
    dog: Box,
    cat: Box,
}

fn photo() -> Photo {
    let samples = std::fs::read(file("www/samples/samples.json")).unwrap();
    let samples: Vec<Value> = serde_json::from_slice(&samples).unwrap();
    let sample = samples.iter().find(|sample| sample["file"] == "dog_cat.jpg").unwrap();
    let object = |name: &str| {
        let object = sample["objects"].as_array().unwrap().iter().find(|o| o["name"] == name).unwrap();
        serde_json::from_value(object["boxes"][0].clone()).unwrap()
    };
    let side = |side: &str| sample[side].as_u64().unwrap() as u32;
    Photo { size: (side("width"), side("height")), dog: object("dog"), cat: object("cat") }
}

fn contains([left, top, right, bottom]: Box, (x, y): (f64, f64)) -> bool {
    let inside =
        |range: std::ops::Range<u32>, v: f64| (f64::from(range.start)..f64::from(range.end)).contains(&v);
    inside(left..right, x) && inside(top..bottom, y)
}

fn explain(method: &str, class: u32) -> Vec<f32> {
    let raw = scratch(&format!("experiment-{method}-{class}.npy"));
    done(args!["explain", dog_cat(), "--method", method, "--target", class.to_string(), "--raw", &raw]);
    read_npy(&raw).1
}

/// The position on the photo of the maximum of the upsampled map.
fn maximum(map: &[f32], (width, height): (u32, u32)) -> (f64, f64) {
    let up = Bilinear::new((7, 7), (height as usize, width as usize)).planes(map, 1);
    let (at, _) = (0..).zip(&up).fold((0, f32::MIN), |best, (i, &v)| if v > best.1 { (i, v) } else { best });
    (f64::from(at % width) + 0.5, f64::from(at / width) + 0.5)
}

/// The share of a pixel map's energy in a box.
fn share(map: &[f32], size: (u32, u32), inside: Box) -> f64 {
    let (mut within, mut whole) = (0.0, 0.0);
    for (i, &v) in map.iter().enumerate() {
        let (row, column) = (i / 224 % 224, i % 224);
        let on_photo = |at: usize, side: u32| (at as f64 + 0.5) * f64::from(side) / 224.0;
        let energy = f64::from(v) * f64::from(v);
        whole += energy;
        within += energy * f64::from(contains(inside, (on_photo(column, size.0), on_photo(row, size.1))));
    }
    within / whole
}

#[test]
fn grad_cam_points_at_the_class_that_was_asked_for() {
    let photo = photo();
    let at = maximum(&explain("grad-cam", DOG), photo.size);
    assert!(contains(photo.dog, at) && !contains(photo.cat, at), "dog: {at:?}");
    for cat in CATS {
        let at = maximum(&explain("grad-cam", cat), photo.size);
        assert!(contains(photo.cat, at) && !contains(photo.dog, at), "cat {cat}: {at:?}");
    }
}

#[test]
fn guided_backprop_lights_both_and_guided_grad_cam_only_one() {
    let photo = photo();
    for class in [DOG, 285] {
        let (own, other) = if class == DOG { (photo.dog, photo.cat) } else { (photo.cat, photo.dog) };
        let [guided, product] = ["guided-backprop", "guided-grad-cam"].map(|method| {
            let map = explain(method, class);
            [own, other].map(|inside| share(&map, photo.size, inside))
        });
        let what = format!("{class}: in its own box and the other, {guided:?} and {product:?}");
        assert!(guided[0] >= LIT && guided[1] >= LIT, "{what}");
        assert!(product[0] >= CHOSEN && product[1] <= DIMMED * guided[1], "{what}");
    }
}
