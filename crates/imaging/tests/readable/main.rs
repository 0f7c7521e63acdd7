//! The default colour map shows the evidence on any photo: on a screen, small, in grey, on paper, and to the
//! colour-blind.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod colour;
mod draw;
mod hard;
mod measure;
mod sheet;

use std::path::PathBuf;

use candling_imaging::Colormap;
use colour::{Lab, Seen, difference, lab};
use hard::Hard;
use measure::{Contrast, evidence, painted, rgb, thumbnail};

const MAP: (usize, usize) = (7, 7);

/// Positions of evidence, as shares of the sides.
const PLACES: [(f32, f32); 4] = [(0.4, 0.45), (0.2, 0.25), (0.75, 0.3), (0.5, 0.8)];

fn photos() -> Vec<Hard> {
    let photos = hard::photos(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../www/samples"));
    assert!(photos.len() >= 24);
    photos
}

/// Least differences between the hottest and the coldest tenth: in lightness, L*, and in colour, ΔE00.
fn floor(seen: Seen) -> (f64, f64) {
    match seen {
        Seen::Screen | Seen::Deuteranopia => (7.0, 18.0),
        Seen::Protanopia => (3.0, 15.0),
        Seen::Grey => (7.0, 5.0),
        Seen::Paper => (3.0, 9.0),
    }
}

#[test]
fn the_evidence_is_seen_on_every_photo_at_every_size_by_every_eye() {
    for Hard { name, photo } in photos() {
        for (x, y) in PLACES {
            let cells = evidence(x, y);
            let large = painted(&photo, &cells, MAP, Colormap::Candle);
            for picture in [&large, &thumbnail(&large)] {
                for seen in Seen::ALL {
                    let contrast = Contrast::of(picture, &cells, MAP, seen);
                    let (lighter, apart) = (contrast.lighter(), contrast.apart());
                    let (least, nearest) = floor(seen);
                    let width = picture.width;
                    assert!(
                        lighter >= least && apart >= nearest,
                        "{name}, {width} wide, at {x} {y}, {seen:?}: ΔL* {lighter:.1} of {least}, ΔE00 {apart:.1} of {nearest}"
                    );
                }
            }
        }
    }
}

/// The limits above hold even if the evidence is the darkest part of a photo; half of all pictures reach
/// three times as much.
#[test]
fn most_pictures_are_far_above_the_floor() {
    let mut lighter: Vec<f64> = Vec::new();
    for Hard { photo, .. } in photos() {
        for (x, y) in PLACES {
            let cells = evidence(x, y);
            let picture = painted(&photo, &cells, MAP, Colormap::Candle);
            lighter.push(Contrast::of(&picture, &cells, MAP, Seen::Screen).lighter());
        }
    }
    lighter.sort_by(f64::total_cmp);
    assert!(lighter[lighter.len() / 10] >= 20.0, "nine in ten: {lighter:?}");
    assert!(lighter[lighter.len() / 2] >= 30.0, "the median: {lighter:?}");
}

/// Least differences between a place with lesser evidence and the same place without any: in lightness, L*,
/// and in colour, ΔE00. Half as much is hardly visible on a black photo or a blue sky; paper keeps less than
/// a third of it, as of everything dark.
fn lesser_floor(seen: Seen) -> (f64, f64) {
    match seen {
        Seen::Screen | Seen::Deuteranopia => (8.0, 11.0),
        Seen::Protanopia => (7.0, 9.5),
        Seen::Grey => (8.0, 5.0),
        Seen::Paper => (1.5, 3.3),
    }
}

/// Least difference of such a place from the coldest tenth of its picture, in ΔE00 on a screen. It is smaller
/// than the one above, since a photo may be darker there.
const BESIDE: f64 = 10.0;

#[test]
fn lesser_evidence_is_seen_on_every_photo_at_every_size_by_every_eye() {
    for Hard { name, photo } in photos() {
        let unlit = painted(&photo, &[0.0; 49], MAP, Colormap::Candle);
        for (x, y) in PLACES {
            let cells = evidence(x, y);
            let lit = painted(&photo, &cells, MAP, Colormap::Candle);
            for pair in [[&lit, &unlit], [&thumbnail(&lit), &thumbnail(&unlit)]] {
                let width = pair[0].width;
                for seen in Seen::ALL {
                    let contrast = Contrast::of_lesser(pair, &cells, MAP, seen);
                    let (lighter, apart) = (contrast.lighter(), contrast.apart());
                    let (least, nearest) = lesser_floor(seen);
                    assert!(
                        lighter >= least && apart >= nearest,
                        "{name}, {width} wide, at {x} {y}, {seen:?}: ΔL* {lighter:.1} of {least}, ΔE00 {apart:.1} of {nearest}"
                    );
                }
                let lesser = Contrast::of_lesser(pair, &cells, MAP, Seen::Screen);
                let coldest = Contrast::of(pair[0], &cells, MAP, Seen::Screen).dark;
                let beside = Contrast { dark: coldest, ..lesser }.apart();
                assert!(beside >= BESIDE, "{name}, {width} wide, at {x} {y}: ΔE00 {beside:.1} of {BESIDE}");
            }
        }
    }
}

/// The lit parts differ from the plain photo, so that nobody mistakes a painted picture for it.
#[test]
fn a_painted_photo_is_not_the_photo() {
    for Hard { name, photo } in photos() {
        let picture = painted(&photo, &evidence(0.4, 0.45), MAP, Colormap::Candle);
        let pixels = picture.rgba.len() / 4;
        let changed = (0..pixels).filter(|&index| {
            let [before, after]: [Lab; 2] = [&photo, &picture].map(|of| lab(rgb(of, index)));
            difference(before, after) > 2.0
        });
        let share = changed.count() as f64 / pixels as f64;
        assert!(share > 0.1, "{name}: {share} of the pixels");
    }
}

/// A map without evidence gives no light: the same veil everywhere, and no glow. The page says so in words.
#[test]
fn a_map_without_evidence_lights_nothing() {
    for Hard { name, photo } in photos() {
        let picture = painted(&photo, &[0.0; 49], MAP, Colormap::Candle);
        for index in 0..picture.rgba.len() / 4 {
            let [before, after] = [&photo, &picture].map(|of| lab(rgb(of, index))[0]);
            assert!(after <= before.max(6.0), "{name}: L* {before} to {after} at {index}");
        }
    }
}

/// Pairs of Sharma, Wu & Dalal 2005, table 1.
#[test]
fn the_difference_is_ciede2000() {
    let cases = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0009], 7.1792),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0011], 7.2195),
        ([50.0, -0.001, 2.49], [50.0, 0.0009, -2.49], 4.8045),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373),
        ([90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381),
        ([6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377),
    ];
    for (one, other, expected) in cases {
        let found = difference(one, other);
        assert!((found - expected).abs() < 5e-5, "{one:?} and {other:?}: {found}, {expected} expected");
    }
}

/// Published values: white, middle grey (L* 53.59 at 128), and sRGB's red (53.24, 80.09, 67.20).
#[test]
fn lightness_is_cielabs() {
    for (colour, expected) in [
        ([255.0; 3], [100.0, 0.0, 0.0]),
        ([128.0; 3], [53.59, 0.0, 0.0]),
        ([255.0, 0.0, 0.0], [53.24, 80.09, 67.20]),
    ] {
        let found = lab(colour);
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.03), "{found:?}, {expected:?}");
    }
}
