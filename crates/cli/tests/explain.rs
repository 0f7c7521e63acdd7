//! `candling explain`: results of valid use.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{dog_cat, done, f32s, file, json, npy, read_npy, scratch, written};
use serde_json::json;

const METHODS: [(&str, bool); 9] = [
    ("gradient", false),
    ("input-x-gradient", false),
    ("guided-backprop", false),
    ("deconvnet", false),
    ("cam", true),
    ("grad-cam", true),
    ("guided-grad-cam", false),
    ("hires-cam", true),
    ("layer-cam", true),
];

#[test]
fn every_method_writes_its_map() {
    for (method, is_cam) in METHODS {
        let raw = scratch(&format!("{method}.npy"));
        let png = scratch(&format!("{method}.png"));
        let report =
            json(args!["explain", dog_cat(), "--method", method, "--json", "--raw", &raw, "-o", &png]);
        assert_eq!(report["method"], method);
        assert_eq!(
            report["target"],
            json!({ "index": 235, "label": "German Shepherd Dog" }),
            "the top class"
        );
        assert_eq!(report["over"], json!(null));
        let with_layer = is_cam || method == "guided-grad-cam";
        assert_eq!(report["layer"], if with_layer { json!("head") } else { json!(null) });
        assert_eq!(report["counterfactual"], false);
        assert!(report["timings_ms"]["explain"].as_f64().unwrap() > 0.0);

        let (extents, map) = read_npy(&raw);
        let size = if is_cam { ("7,7", 49) } else { ("3,224,224", 3 * 224 * 224) };
        assert_eq!((extents.as_str(), map.len()), size, "{method}");
        let max = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let [channels, side] = if is_cam { [1, 7] } else { [3, 224] };
        let of_map = &report["map"];
        assert_eq!(of_map["max"].as_f64().unwrap() as f32, max, "{method}");
        assert_eq!(
            (&of_map["channels"], &of_map["height"], &of_map["width"]),
            (&json!(channels), &json!(side), &json!(side))
        );
        assert!(max > 0.0, "{method}");

        // the picture has the size of the photo, and is painted
        let picture = image::open(&png).unwrap().to_rgba8();
        assert_eq!(picture.dimensions(), (800, 478), "{method}");
        let first = picture.get_pixel(0, 0);
        assert!(picture.pixels().any(|p| p != first), "{method}");
        assert!(picture.pixels().all(|p| p.0[3] == 255), "{method}");
    }
}

#[test]
fn targets_by_index_name_part_and_margin() {
    let target = |text: &str| {
        let report = json(args!["explain", dog_cat(), "--method", "grad-cam", "--json", "--target", text]);
        (report["target"]["index"].as_u64().unwrap(), report["over"]["index"].as_u64())
    };
    let cases = [
        ("282", (282, None)),
        ("tiger cat", (282, None)),
        ("TABBY", (281, None)),
        ("german shepherd dog", (235, None)),
        ("235-vs-285", (235, Some(285))),
        ("Egyptian Mau-vs-shepherd", (285, Some(235))),
    ];
    for (text, expected) in cases {
        assert_eq!(target(text), expected, "{text}");
    }
}

#[test]
fn a_margin_is_the_difference_of_two_classes() {
    let map = |target: &str| {
        let raw = scratch(&format!("cam-{target}.npy"));
        done(args!["explain", dog_cat(), "--method", "cam", "--target", target, "--raw", &raw]);
        read_npy(&raw).1
    };
    let (dog, cat, margin) = (map("235"), map("285"), map("235-vs-285"));
    for ((dog, cat), margin) in dog.iter().zip(cat).zip(margin) {
        assert!((dog - cat - margin).abs() < 1e-4, "{dog} - {cat} is not {margin}");
    }
}

/// Evidence for and against are the two signs of one map.
#[test]
fn counterfactual_is_the_other_half() {
    let map = |against: bool| {
        let raw = scratch(&format!("against-{against}.npy"));
        let flag = against.then_some("--counterfactual".into());
        let args = args!["explain", dog_cat(), "--method", "grad-cam", "--target", "235", "--raw", &raw];
        done(args.into_iter().chain(flag));
        read_npy(&raw).1
    };
    let (with, against) = (map(false), map(true));
    assert!(with.iter().any(|&v| v > 0.0) && against.iter().any(|&v| v > 0.0));
    assert!(with.iter().zip(&against).all(|(w, a)| *w >= 0.0 && *a >= 0.0 && (*w == 0.0 || *a == 0.0)));
}

#[test]
fn earlier_layers_have_larger_maps() {
    for (layer, side) in [("stem", 112), ("blocks.4.add", 28), ("blocks.9.depthwise", 14), ("input", 224)] {
        let args = args!["explain", dog_cat(), "--method", "layer-cam", "--layer", layer, "--json"];
        let report = json(args);
        assert_eq!(report["layer"], layer);
        assert_eq!((&report["map"]["height"], &report["map"]["width"]), (&json!(side), &json!(side)));
    }
}

/// With `crop`, only the part that the network saw is painted.
#[test]
fn a_crop_leaves_the_rest_of_the_photo_alone() {
    let png = scratch("crop.png");
    let args = args!["explain", dog_cat(), "--method", "grad-cam", "--fit", "crop", "--json", "-o", &png];
    let view = json(args)["photo"]["view"].clone();
    let [x, y, width, height] = ["x", "y", "width", "height"].map(|side| view[side].as_u64().unwrap() as u32);
    let photo = image::open(dog_cat()).unwrap_or_else(|_| {
        // `image` reads only PNG here: the photo as the command decodes it
        let bytes = std::fs::read(dog_cat()).unwrap();
        let photo = candling_imaging::decode(&bytes).unwrap();
        image::RgbaImage::from_raw(photo.width, photo.height, photo.rgba).unwrap().into()
    });
    let (photo, painted) = (photo.to_rgba8(), image::open(&png).unwrap().to_rgba8());
    let (mut inside, mut outside) = (0, 0);
    for (at_x, at_y, pixel) in painted.enumerate_pixels() {
        let seen = (x..x + width).contains(&at_x) && (y..y + height).contains(&at_y);
        if pixel != photo.get_pixel(at_x, at_y) {
            *if seen { &mut inside } else { &mut outside } += 1;
        }
    }
    assert_eq!(outside, 0);
    assert!(inside > width * height / 2, "{inside} of {} are painted", width * height);
}

#[test]
fn a_tensor_instead_of_a_photo_is_painted_at_its_own_size() {
    let values = (0..3 * 96 * 64).map(|i| (i as f32 * 0.37).sin());
    let tensor = written("small.npy", &npy("<f4", "(1, 3, 96, 64)", &f32s(values)));
    let (raw, png) = (scratch("small-map.npy"), scratch("small-map.png"));
    let args =
        args!["explain", "--input", tensor, "--method", "grad-cam", "--json", "--raw", &raw, "-o", &png];
    let report = json(args);
    assert_eq!(report["photo"], json!(null));
    assert_eq!(read_npy(&raw).0, "3,2");
    assert_eq!(image::open(&png).unwrap().to_rgba8().dimensions(), (64, 96));
}

/// Patches of 64 in steps of 40 make 5×5 cells of 40 pixels of the input's 224, from the 12th on; the rest is
/// the photo.
#[test]
fn an_occlusion_map_is_painted_where_its_patches_have_their_middles() {
    let (raw, png) = (scratch("occlusion.npy"), scratch("occlusion.png"));
    let args = args!["explain", dog_cat(), "--method", "occlusion", "--target", "shepherd", "--json"];
    let options = args!["--patch", "64", "--stride", "40", "--opacity", "1", "--raw", &raw, "-o", &png];
    let report = json(args.into_iter().chain(options));
    assert_eq!((&report["method"], &report["layer"]), (&json!("occlusion"), &json!(null)));
    let (extents, map) = read_npy(&raw);
    assert_eq!(extents, "5,5");
    assert!(map.iter().any(|&v| v > 0.0) && map.iter().any(|&v| v < 0.0), "signed");
    let max = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    assert_eq!(report["map"]["max"].as_f64().unwrap() as f32, max);

    let bytes = std::fs::read(dog_cat()).unwrap();
    let photo = candling_imaging::decode(&bytes).unwrap();
    let photo = image::RgbaImage::from_raw(photo.width, photo.height, photo.rgba).unwrap();
    let painted = image::open(&png).unwrap().to_rgba8();
    let at = |side: u32, pixel: f64| (pixel * f64::from(side) / 224.0).round() as u32;
    let (columns, rows) = (at(800, 12.0)..at(800, 212.0), at(478, 12.0)..at(478, 212.0));
    let mut inside = 0;
    for (x, y, pixel) in painted.enumerate_pixels() {
        let covered = columns.contains(&x) && rows.contains(&y);
        assert!(covered || pixel == photo.get_pixel(x, y), "painted over at {x}, {y}");
        inside += usize::from(covered && pixel != photo.get_pixel(x, y));
    }
    let area = columns.len() * rows.len();
    assert!(inside > area * 9 / 10, "{inside} of {area} are painted");
}

#[test]
fn says_it_in_words() {
    let stdout = done(args!["explain", dog_cat(), "--method", "hires-cam", "--target", "shepherd-vs-tabby"]);
    let start = "hires-cam for German Shepherd Dog (235) over tabby cat (281) at head: maximum ";
    assert!(stdout.starts_with(start), "{stdout}");
    let pixels = done(args!["explain", dog_cat(), "--method", "gradient"]);
    assert!(pixels.starts_with("gradient for German Shepherd Dog (235): largest magnitude "), "{pixels}");
}

/// An all-zero map is reported. On a small white picture every channel of `head` is 0.
#[test]
fn says_when_there_is_no_evidence() {
    let white = written("white.npy", &npy("<f4", "(1, 3, 32, 32)", &f32s(vec![1.0; 3 * 32 * 32])));
    let args = |flag| {
        args!["explain", "--input", &white, "--method", "grad-cam", "--target", "235"].into_iter().chain(flag)
    };
    let said = done(args(None));
    assert!(said.ends_with("maximum 0\nno positive evidence for this class in this layer\n"), "{said}");
    let said = done(args(Some("--counterfactual".into())));
    assert!(said.ends_with("maximum 0\nnothing speaks against this class in this layer\n"), "{said}");
}

#[test]
fn colormap_and_opacity_change_the_picture() {
    let paint = |name: &str, options: &[&str]| {
        let png = scratch(&format!("paint-{name}.png"));
        let args = args!["explain", dog_cat(), "--method", "grad-cam", "-o", &png];
        done(args.into_iter().chain(options.iter().map(|&option| option.into())));
        image::open(&png).unwrap().to_rgba8().into_raw()
    };
    let standard = paint("standard", &[]);
    assert_eq!(paint("candle", &["--colormap", "candle", "--opacity", "0.95"]), standard);
    let turbo = paint("turbo", &["--colormap", "turbo"]);
    assert_eq!(paint("half", &["--colormap", "turbo", "--opacity", "0.5"]), turbo, "paint lets half through");
    assert_ne!(turbo, standard);
    for colormap in ["inferno", "viridis", "jet"] {
        assert_ne!(paint(colormap, &["--colormap", colormap]), standard, "{colormap}");
    }
    let bytes = std::fs::read(dog_cat()).unwrap();
    let photo = candling_imaging::decode(&bytes).unwrap();
    assert_eq!(paint("clear", &["--opacity", "0"]), photo.rgba);
}

/// The same from a photo with an unusual name.
#[test]
fn file_names_may_be_anything() {
    let report = json(args!["predict", file("tests/photos/odd/PNG UPPER é 名前.PNG"), "--json"]);
    assert_eq!(report["photo"]["width"], 96);
}
