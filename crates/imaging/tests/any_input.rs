//! Properties for any input: no panic, and results that meet their documentation.
#![allow(clippy::expect_used)]

use candling_imaging::{
    Backdrop, Colormap, Fit, Map, Paint, Photo, Preprocessing, overlay, prepare, probe, render, view,
};
use proptest::prelude::*;

/// First bytes that lead the header readers deep into their parsing.
const OPENINGS: [&[u8]; 14] = [
    b"\xFF\xD8\xFF",
    b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR",
    b"GIF89a",
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"RIFF\0\0\0\0WEBPVP8L",
    b"RIFF\0\0\0\0WEBPVP8X",
    b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0",
    b"\0\0\x01\0\x02\0",
    b"II*\0\x08\0\0\0\x05\0\0\x01\x04\0",
    b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10",
    b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\xffmeta\0\0\0\0\0\0\0\xffiprp\0\0\0\xffipco\0\0\0\x14ispe",
    b"\xFF\x0A",
    b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x20jxlp\0\0\0\0\xFF\x0A",
    b"<?xml version='1.0'?>",
];

/// The codes with which a file may be refused.
const CODES: [&str; 3] = ["unsupported-format", "corrupt-image", "image-too-large"];

fn file() -> impl Strategy<Value = Vec<u8>> {
    let tail = prop::collection::vec(any::<u8>(), 0..120);
    (prop::sample::select(OPENINGS.to_vec()), tail).prop_map(|(opening, tail)| [opening, &tail].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_bytes_give_a_header_within_the_limits_or_an_error(bytes in file()) {
        match probe(&bytes) {
            Ok(header) => {
                prop_assert!(header.width > 0 && header.height > 0);
                let pixels = u64::from(header.width) * u64::from(header.height);
                prop_assert!(pixels <= candling_imaging::MAX_PIXELS);
            }
            Err(error) => {
                prop_assert!(CODES.contains(&error.code()), "{}", error.code());
            }
        }
    }

    #[test]
    fn any_view_lies_within_the_photo(width: u32, height: u32, fraction: f64) {
        if let Ok(rect) = view(width, height, Fit::Crop, fraction) {
            prop_assert!(rect.width == rect.height && rect.width > 0);
            prop_assert!(rect.width <= width.min(height));
            // centred: both margins agree to a pixel
            prop_assert!(u64::from(width) - u64::from(rect.width) - 2 * u64::from(rect.x) <= 1);
            prop_assert!(u64::from(height) - u64::from(rect.height) - 2 * u64::from(rect.y) <= 1);
        }
    }
}

#[cfg(feature = "decode")]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_damage_to_a_file_gives_a_picture_or_an_error(
        name in prop::sample::select(vec!["exif_6.jpg", "png_palette_trns.png", "anim.gif", "webp_lossy.webp", "photo.tiff", "photo.bmp"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/photos/odd");
        let mut bytes = std::fs::read(std::path::Path::new(folder).join(name)).expect("a file");
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        match candling_imaging::decode(&bytes) {
            Ok(photo) => prop_assert_eq!(photo.rgba.len(), photo.width as usize * photo.height as usize * 4),
            Err(error) => prop_assert!(CODES.contains(&error.code()), "{}", error.code()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_photo_can_be_prepared(
        (width, height) in prop_oneof![(1u32..60, 1u32..60), (1u32..4000, 1u32..3), (1u32..3, 1u32..4000)],
        (out_width, out_height) in (1u32..40, 1u32..40),
        grey: u8,
        alpha: u8,
    ) {
        let rgba = [grey, grey, grey, alpha].repeat((width * height) as usize);
        let model = Preprocessing { width: out_width, height: out_height, mean: [127.0; 3], std: [128.0; 3], crop_fraction: 0.875 };
        let white = (f64::from(grey) * f64::from(alpha) + 255.0 * (255.0 - f64::from(alpha))) / 255.0;
        for fit in Fit::ALL {
            let prepared = prepare(&rgba, width, height, fit, &model).expect("valid");
            prop_assert_eq!(prepared.tensor.len(), (3 * out_width * out_height) as usize);
            // weights sum to 1: a flat photo stays flat, up to the rounding of each of two passes
            for value in &prepared.tensor {
                let pixel = f64::from(*value) * 128.0 + 127.0;
                prop_assert!((pixel - white).abs() <= 1.5, "{pixel} should be {white}");
            }
        }
    }

    #[test]
    fn any_map_can_be_painted_and_laid_on_any_photo(
        (height, width) in (1usize..9, 1usize..9),
        three: bool,
        values in prop::collection::vec(prop_oneof![any::<f32>(), -1f32..1.0], 3 * 64),
        (photo_width, photo_height) in (1u32..30, 1u32..30),
        colormap in prop::sample::select(Colormap::ALL.to_vec()),
        opacity in 0f32..=1.0,
        scale in prop::option::of(f32::MIN_POSITIVE..1e30),
        seen in prop::option::of(prop::collection::vec(any::<u8>(), 4 * 5 * 3)),
        area in [-9f64..9.0, -9f64..9.0, 1e-9f64..1e9, 1e-9f64..1e9],
    ) {
        let channels = if three { 3 } else { 1 };
        let values = &values[..channels * height * width];
        match Map::new(values, channels, height, width) {
            Err(error) => {
                prop_assert_eq!(error.code(), "not-finite");
                prop_assert!(values.iter().any(|value| !value.is_finite()));
            }
            Ok(map) => {
                let view = view(photo_width, photo_height, Fit::Crop, 0.875).expect("valid");
                let backdrop = seen.map(|rgba| Backdrop::new(rgba, 5, 3).and_then(|of| of.under(area)).expect("valid"));
                let paint = Paint { colormap, opacity, scale, backdrop: backdrop.as_ref() };
                let picture = render(&map, view.width, view.height, paint).expect("valid");
                let grey = vec![77; (photo_width * photo_height * 4) as usize];
                let mut photo = Photo { width: photo_width, height: photo_height, rgba: grey };
                overlay(&mut photo, &picture, view).expect("fits");
                let opaque = photo.rgba.iter().skip(3).step_by(4).filter(|&&alpha| alpha == 255).count();
                prop_assert_eq!(opaque, (view.width * view.height) as usize);
            }
        }
    }
}
