//! Resized pixels do not depend on the CPU: with every SIMD extension and with none, the library gives the
//! same bytes. WebAssembly runs the plain loops or `simd128`, which are the same integer sums.
#![allow(clippy::expect_used)]

use candling_imaging::{Rect, resize};
use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{CpuExtensions, FilterType, ResizeAlg, ResizeOptions, Resizer};
use proptest::prelude::*;

/// Does what `resize` does for an opaque picture, with one extension enabled.
fn resize_with(
    extensions: CpuExtensions,
    rgba: &[u8],
    (width, height): (u32, u32),
    rect: Rect,
    (out_width, out_height): (u32, u32),
) -> Vec<u8> {
    let source = TypedImageRef::<U8x4>::from_buffer(width, height, rgba).expect("enough pixels");
    let view = TypedCroppedImage::new(source, rect.x, rect.y, rect.width, rect.height).expect("inside");
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).use_alpha(false);
    let mut resizer = Resizer::new();
    // SAFETY: `extensions_here` returns only what this CPU supports
    unsafe { resizer.set_cpu_extensions(extensions) };
    let mut narrowed = TypedImage::<U8x4>::new(out_width, rect.height);
    resizer.resize_typed(&view, &mut narrowed, &options).expect("valid sizes");
    let mut out = TypedImage::<U8x4>::new(out_width, out_height);
    resizer.resize_typed(&narrowed, &mut out, &options).expect("valid sizes");
    out.pixels().iter().flat_map(|pixel| pixel.0).collect()
}

fn extensions_here() -> Vec<CpuExtensions> {
    let known = [
        CpuExtensions::None,
        #[cfg(target_arch = "x86_64")]
        CpuExtensions::Sse4_1,
        #[cfg(target_arch = "x86_64")]
        CpuExtensions::Avx2,
        #[cfg(target_arch = "aarch64")]
        CpuExtensions::Neon,
    ];
    known.into_iter().filter(CpuExtensions::is_supported).collect()
}

/// A picture of hard edges and noise, which cause overshoots and sums that end near a half.
fn noise(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        // xorshift32 (Marsaglia 2003)
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        if state & 0x100 == 0 { (state >> 16) as u8 } else { 255 * ((state >> 9) & 1) as u8 }
    };
    (0..width * height).flat_map(|_| [next(), next(), next(), 255]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn simd_or_not_gives_the_same_bytes(
        (width, height) in (1u32..90, 1u32..90),
        out in (1u32..70, 1u32..70),
        inset in (0u32..40, 0u32..40),
        seed: u32,
    ) {
        let rgba = noise(width, height, seed);
        let (x, y) = (inset.0.min(width - 1), inset.1.min(height - 1));
        let rect = Rect { x, y, width: (width - x).div_ceil(2), height: height - y };
        let ours = resize(&rgba, width, height, rect, out.0, out.1).expect("valid sizes");
        for extensions in extensions_here() {
            let theirs = resize_with(extensions, &rgba, (width, height), rect, out);
            prop_assert!(ours == theirs, "{extensions:?} differs");
        }
    }
}

/// A fixed picture, by which every machine is compared with every other. WebAssembly gave the same hash, with
/// and without `simd128`.
#[test]
fn the_bytes_are_known() {
    let rgba = noise(640, 480, 7);
    let rect = Rect { x: 110, y: 30, width: 420, height: 420 };
    let resized = resize(&rgba, 640, 480, rect, 224, 224).expect("valid sizes");
    // FNV-1a, 64 bits
    let hash = resized.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    assert_eq!(format!("{hash:016x}"), "5826b45d00e0112f");
}
