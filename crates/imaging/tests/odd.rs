//! Every file of `tests/photos/odd` against its manifest: the right picture or a clear, named refusal,
//! quickly and in bounded memory.
#![cfg(feature = "decode")]
#![allow(clippy::expect_used, clippy::panic)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use candling_imaging::{Error, Fit, Format, Photo, Preprocessing, decode, prepare, probe};
use serde::Deserialize;

const ODD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/photos/odd");

/// Time limit for decoding and preparing one file. The slowest, 12 megapixels of JPEG, takes about 0.1 s.
const MAX_TIME: Duration = Duration::from_secs(1);

/// Memory limit for one file. 12 megapixels need 36 MB as RGB and 48 MB as RGBA; the bombs would need
/// gigabytes.
const MAX_MEMORY: usize = 128 << 20;

const LITE0: Preprocessing =
    Preprocessing { width: 224, height: 224, mean: [127.0; 3], std: [128.0; 3], crop_fraction: 0.875 };

/// The patches in the upper corners of the usual 96x64 picture: x, y, colour.
const UPPER_PATCHES: [(u32, u32, [u8; 3]); 2] = [(8, 8, [230, 30, 30]), (88, 8, [30, 200, 60])];

#[derive(Deserialize)]
struct Manifest {
    files: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    expect: String,
    width: Option<u32>,
    height: Option<u32>,
    stored_width: Option<u32>,
    stored_height: Option<u32>,
    alpha: Option<String>,
    #[serde(default)]
    probes: Vec<Probe>,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Probe {
    x: u32,
    y: u32,
    rgb: [u8; 3],
    tol: u8,
}

/// An allocator that counts the bytes in use, and their maximum.
struct Meter;
static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static METER: Meter = Meter;

// SAFETY: passes everything on to the system's allocator
unsafe impl GlobalAlloc for Meter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// A single test, so that time and memory belong to one file at a time.
#[test]
fn every_odd_file_is_read_rightly_or_refused_clearly() {
    let manifest = std::fs::read(Path::new(ODD).join("manifest.json")).expect("a manifest");
    let manifest: Manifest = serde_json::from_slice(&manifest).expect("a valid manifest");
    assert!(manifest.files.len() > 70, "the manifest is complete");

    for entry in &manifest.files {
        let bytes = std::fs::read(Path::new(ODD).join(&entry.file)).expect("a file of the manifest");
        let before = IN_USE.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        let started = Instant::now();

        let result = decode(&bytes);
        if let Ok(photo) = &result {
            check_prepared(entry, photo);
        }

        let (time, memory) = (started.elapsed(), PEAK.load(Ordering::Relaxed) - before);
        assert!(time < MAX_TIME, "{}: took {time:?}", entry.file);
        assert!(memory < MAX_MEMORY, "{}: took {memory} bytes", entry.file);
        check(entry, &bytes, result);
    }
}

fn check(entry: &Entry, bytes: &[u8], result: Result<Photo, Error>) {
    let name = &entry.file;
    match (entry.expect.as_str(), result) {
        ("ok", Ok(photo)) => check_photo(entry, bytes, &photo),
        ("ok", Err(error)) => panic!("{name}: {error}"),
        ("ok-if-supported", Ok(photo)) => {
            assert!(["photo.bmp", "photo.tiff"].contains(&name.as_str()), "{name}");
            check_photo(entry, bytes, &photo);
        }
        ("ok-if-supported", Err(error)) => check_refused_by_name(entry, bytes, &error),
        ("error", Ok(_)) => panic!("{name}: read, but it is no picture"),
        ("error", Err(error)) => assert_eq!(error.code(), expected_code(entry), "{name}: {error}"),
        ("either" | "reject-or-cope", Ok(photo)) => check_photo(entry, bytes, &photo),
        ("either" | "reject-or-cope", Err(error)) => {
            assert_eq!(error.code(), expected_code(entry), "{name}: {error}");
        }
        (other, _) => panic!("{name}: what does `{other}` expect?"),
    }
}

/// The code with which this file must be refused.
fn expected_code(entry: &Entry) -> &'static str {
    let tagged = |tag: &str| entry.tags.iter().any(|own| own == tag);
    match entry.file.as_str() {
        "bomb_ztxt.png" => "corrupt-image", // of the usual size; only its text chunk is a bomb
        "random.bin" => "unsupported-format",
        _ if tagged("bomb") => "image-too-large",
        _ if tagged("svg") || tagged("wrong-name") => "unsupported-format",
        _ => "corrupt-image",
    }
}

fn check_refused_by_name(entry: &Entry, bytes: &[u8], error: &Error) {
    let (format, name) = match entry.file.as_str() {
        "photo.avif" => (Format::Avif, "avif"),
        "photo.heic" => (Format::Heic, "heic"),
        "icon.ico" => (Format::Ico, "ico"),
        "photo.jp2" => (Format::Jpeg2000, "jpeg 2000"),
        other => panic!("{other}: should have been read: {error}"),
    };
    assert_eq!(error.code(), "unsupported-format");
    assert_eq!(error.to_string(), format!("{name} is not read here; convert it to jpeg or png"));
    assert_eq!(Format::of(bytes), Some(format));
    if format != Format::Jpeg2000 {
        // a browser may read it, so its size must be known
        let header = probe(bytes).expect("a header");
        let size = (Some(header.width), Some(header.height));
        assert_eq!((header.format, size), (format, (entry.width, entry.height)));
    }
}

fn check_photo(entry: &Entry, bytes: &[u8], photo: &Photo) {
    let name = &entry.file;
    let (Some(width), Some(height)) = (entry.width, entry.height) else {
        panic!("{name}: read, but the manifest knows no size");
    };
    if name == "exif_6.webp" {
        // as it is stored, like Chromium and Firefox show it
        assert_eq!(
            (Some(photo.width), Some(photo.height)),
            (entry.stored_width, entry.stored_height),
            "{name}"
        );
        return;
    }
    assert_eq!((photo.width, photo.height), (width, height), "{name}");
    assert_eq!(photo.rgba.len() as u64, u64::from(width) * u64::from(height) * 4, "{name}");

    let header = probe(bytes).expect("a header, since it was decoded");
    let stored = (entry.stored_width.unwrap_or(width), entry.stored_height.unwrap_or(height));
    assert_eq!((header.width, header.height), stored, "{name}: header");

    for probe in &entry.probes {
        // gAMA says that its values are linear light, which a screen shows much lighter
        let expected = if name == "png_gama.png" { probe.rgb.map(from_linear) } else { probe.rgb };
        check_colour(name, photo, (probe.x, probe.y), expected, probe.tol);
    }
    // the manifest has no colours for damaged files, but everything before the damage must be right
    let undamaged: &[_] = match name.as_str() {
        "trunc_half.jpg" => &UPPER_PATCHES[..1],
        "trunc_last2.jpg" | "trunc_noiend.png" => &UPPER_PATCHES,
        _ => &[],
    };
    for &(x, y, colour) in undamaged {
        check_colour(name, photo, (x, y), colour, 14);
    }

    let mut alphas = photo.rgba.iter().skip(3).step_by(4);
    let right = match entry.alpha.as_deref() {
        Some("none-visible") => alphas.all(|&alpha| alpha == 0),
        Some("partly") => alphas.clone().any(|&alpha| alpha < 255) && alphas.any(|&alpha| alpha > 0),
        Some("opaque") | None => alphas.all(|&alpha| alpha == 255),
        Some(other) => panic!("{name}: what does alpha `{other}` mean?"),
    };
    assert!(right, "{name}: alpha should be {:?}", entry.alpha);
}

/// Linear light to sRGB (IEC 61966-2-1), both of 8 bits.
fn from_linear(value: u8) -> u8 {
    let light = f64::from(value) / 255.0;
    let encoded = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

fn check_colour(name: &str, photo: &Photo, (x, y): (u32, u32), expected: [u8; 3], tolerance: u8) {
    let at = (y as usize * photo.width as usize + x as usize) * 4;
    let rgb = &photo.rgba[at..at + 3];
    let near = rgb.iter().zip(expected).all(|(&is, should)| is.abs_diff(should) <= tolerance);
    assert!(near, "{name}: {rgb:?} at {x},{y}, should be {expected:?} within {tolerance}");
}

fn check_prepared(entry: &Entry, photo: &Photo) {
    let name = &entry.file;
    for fit in Fit::ALL {
        let prepared =
            prepare(&photo.rgba, photo.width, photo.height, fit, &LITE0).expect("a photo that was read");
        assert_eq!(prepared.tensor.len(), 3 * 224 * 224, "{name}");
        assert!(prepared.tensor.iter().all(|value| (-127.0 / 128.0..=1.0).contains(value)), "{name}");
        if entry.alpha.as_deref() == Some("none-visible") {
            assert!(prepared.tensor.iter().all(|&value| value == 1.0), "{name}: must be white");
        }
    }
}
