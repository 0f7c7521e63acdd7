//! Truncated files: nearly complete ones are read without a note, very incomplete ones are refused, and those
//! in between are read with a note.
#![cfg(feature = "decode")]
#![allow(clippy::expect_used, clippy::panic)]

use candling_imaging::{Error, Note, Photo, decode_noting};

const PHOTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/photos/");

/// The colour of missing pixels.
const GREY: [u8; 4] = [128, 128, 128, 255];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{PHOTOS}{name}")).expect("a photo")
}

fn cut(bytes: &[u8], share: f64) -> &[u8] {
    &bytes[..(bytes.len() as f64 * share) as usize]
}

fn missing(notes: &[Note]) -> Option<f64> {
    notes.iter().find_map(|note| match note {
        Note::Missing { share } => Some(*share),
        _ => None,
    })
}

fn pixel(photo: &Photo, x: u32, y: u32) -> [u8; 4] {
    let at = ((y * photo.width + x) * 4) as usize;
    photo.rgba[at..at + 4].try_into().expect("four")
}

/// Checks that grey begins where the note says, and that everything before is as in the complete file.
fn check_rest(name: &str, whole: &Photo, photo: &Photo, share: f64) {
    let grey = photo.rgba.as_chunks::<4>().0.iter().filter(|&&pixel| pixel == GREY).count();
    let pixels = f64::from(photo.width * photo.height);
    assert!(
        (grey as f64 / pixels - share).abs() < 0.01,
        "{name}: {grey} grey pixels of {pixels}, said {share}"
    );
    // upsampled colour reaches into the rows next to those that are missing
    let rows = ((1.0 - share) * f64::from(photo.height)) as u32;
    for y in 0..rows.saturating_sub(32) {
        assert_eq!(pixel(photo, 5, y), pixel(whole, 5, y), "{name}: row {y}");
    }
}

#[test]
fn a_jpeg_without_its_last_bytes_is_read_in_silence() {
    for name in [
        "odd/jpeg_420.jpg",
        "odd/exif_6.jpg",
        "odd/jpeg_grey.jpg",
        "odd/jpeg_progressive.jpg",
        "odd/jpeg_odd_size.jpg",
    ] {
        let bytes = file(name);
        let (whole, _) = decode_noting(&bytes).expect("whole");
        for lost in 1..=2 {
            let (photo, notes) = decode_noting(&bytes[..bytes.len() - lost]).expect(name);
            assert_eq!((photo == whole, notes), (true, vec![]), "{name} without {lost} bytes");
        }
    }
}

#[test]
fn what_is_missing_of_a_jpeg_is_grey_and_said_or_refused() {
    let bytes = file("odd/size_4000x3000.jpg");
    let (whole, notes) = decode_noting(&bytes).expect("whole");
    assert_eq!(notes, []);
    let mut outcomes = Vec::new();
    for share in [0.999, 0.95, 0.85, 0.5, 0.2] {
        match decode_noting(cut(&bytes, share)) {
            Ok((photo, notes)) => {
                let share = missing(&notes).unwrap_or(0.0);
                check_rest("size_4000x3000.jpg", &whole, &photo, share);
                outcomes.push(if notes.is_empty() { "silent" } else { "said" });
            }
            Err(error) => {
                assert_eq!(error.code(), "corrupt-image");
                assert!(error.to_string().contains("% of the picture is missing"), "{error}");
                outcomes.push("refused");
            }
        }
    }
    assert_eq!(outcomes, ["silent", "said", "said", "refused", "refused"]);
}

#[test]
fn an_end_put_behind_half_a_jpeg_hides_nothing() {
    for name in ["odd/size_4000x3000.jpg", "odd/jpeg_420.jpg"] {
        let bytes = [cut(&file(name), 0.5), b"\xFF\xD9"].concat();
        let error = decode_noting(&bytes).map(|(_, notes)| notes).expect_err("half of it");
        assert!(error.to_string().contains("is missing from the file"), "{error}");
    }
}

#[test]
fn bytes_after_the_end_are_no_damage() {
    let bytes = file("odd/jpeg_420.jpg");
    let longer = [&bytes[..], &[0; 10_000], b"a film, say"].concat();
    assert!(decode_noting(&longer).expect("a photo") == decode_noting(&bytes).expect("a photo"));
}

#[test]
fn a_progressive_jpeg_without_its_details_is_said_to_be_coarse() {
    let bytes = file("odd/jpeg_progressive.jpg");
    let (whole, _) = decode_noting(&bytes).expect("whole");
    let (photo, notes) = decode_noting(cut(&bytes, 0.6)).expect("coarse");
    assert_eq!(notes, [Note::Coarse]);
    assert_eq!((photo.width, photo.height), (whole.width, whole.height));
    // the first scan has the mean of each block
    let scan = bytes.windows(2).position(|pair| pair == b"\xFF\xDA").expect("a scan");
    let cut_in_it = decode_noting(&bytes[..scan + 40]).map(|(_, notes)| notes);
    assert_eq!(cut_in_it.expect_err("not even coarse").code(), "corrupt-image");
}

#[test]
fn other_formats_follow_the_same_rule() {
    for name in [
        "odd/png_plain.png",
        "odd/png_rgb16.png",
        "odd/png_interlaced.png",
        "odd/photo.bmp",
        "odd/photo.tiff",
        "odd/gif_transparent.gif",
        "odd/webp_lossless.webp",
        "odd/webp_lossy.webp",
    ] {
        let bytes = file(name);
        let (whole, notes) = decode_noting(&bytes).expect(name);
        assert_eq!(notes, [], "{name}");
        let mut last = 0.0;
        for kept in (1..100).rev() {
            match decode_noting(cut(&bytes, f64::from(kept) / 100.0)) {
                Err(Error::CorruptImage { .. } | Error::UnsupportedFormat { .. }) => last = 1.0,
                Err(error) => panic!("{name} cut at {kept} %: {error}"),
                Ok((photo, notes)) => {
                    let share = missing(&notes).unwrap_or(0.0);
                    assert!(
                        share >= last && share <= 0.25,
                        "{name} cut at {kept} %: {share} missing after {last}"
                    );
                    let same = photo
                        .rgba
                        .as_chunks::<4>()
                        .0
                        .iter()
                        .zip(whole.rgba.as_chunks::<4>().0)
                        .filter(|(a, b)| a == b)
                        .count();
                    let pixels = f64::from(photo.width * photo.height);
                    assert!(
                        same as f64 / pixels >= 1.0 - share - 0.011,
                        "{name} cut at {kept} %: {same} of {pixels} pixels, {share} said to be missing"
                    );
                    last = share;
                }
            }
        }
        assert_eq!(last, 1.0, "{name}: a hundredth of it is not enough");
    }
}
