//! Antialiased bicubic resampling, as the models were trained with: Pillow's `crop` and `resize(...,
//! BICUBIC)`.

use std::borrow::Cow;

use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::error::{Error, Result};
use crate::header::check_size;
use crate::view::Rect;

/// Lays part of a picture over white and resamples it to `out_width` x `out_height`.
///
/// The filter is the bicubic of Keys (1981) with a = −0.5 (Catmull-Rom), widened by the scale when shrinking.
/// As in Pillow, pixels outside `rect` have no influence and both passes round to 8 bits. All arithmetic is
/// on integers with weights rounded once, so every CPU and WebAssembly give the same bytes.
///
/// `rgba` is `height * width * 4` bytes with straight alpha. The result is RGBA8, opaque. The pixels are
/// borrowed, not copied, unless some of `rect` is transparent; then `rect` is copied once.
///
/// # Errors
/// `bad-argument` if `rgba` does not have the length its size asks for, a side is 0 or `rect` is not inside
/// the picture; `image-too-large` beyond the limits of [`probe`](crate::probe).
pub fn resize(
    rgba: &[u8],
    width: u32,
    height: u32,
    rect: Rect,
    out_width: u32,
    out_height: u32,
) -> Result<Vec<u8>> {
    check_size(width, height)?;
    check_size(out_width, out_height)?;
    check_rgba("the photo", rgba, width, height)?;
    rect.check_within(width, height)?;
    check_size(out_width, rect.height)?; // what lies between the two passes

    let (pixels, stride, lines, within) = match over_white(rgba, width, rect) {
        Cow::Borrowed(pixels) => (Cow::Borrowed(pixels), width, height, rect),
        owned => (owned, rect.width, rect.height, Rect { x: 0, y: 0, ..rect }),
    };
    let source = TypedImageRef::<U8x4>::from_buffer(stride, lines, &pixels).map_err(unexpected)?;
    // a cropped *view*: a crop *option* would let the filter read beyond the rectangle
    let view = TypedCroppedImage::new(source, within.x, within.y, within.width, within.height)
        .map_err(unexpected)?;

    // In two calls, because Pillow goes along the rows first. The library would begin with the columns;
    // overshoots are clipped between the passes, so at hard edges the order shows.
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).use_alpha(false);
    let mut resizer = Resizer::new();
    let mut narrowed = TypedImage::<U8x4>::new(out_width, rect.height);
    resizer.resize_typed(&view, &mut narrowed, &options).map_err(unexpected)?;
    let mut out = TypedImage::<U8x4>::new(out_width, out_height);
    resizer.resize_typed(&narrowed, &mut out, &options).map_err(unexpected)?;
    Ok(out.pixels().iter().flat_map(|pixel| pixel.0).collect())
}

/// Refuses pixels that are not `width * height` of RGBA8.
pub(crate) fn check_rgba(what: &str, rgba: &[u8], width: u32, height: u32) -> Result<()> {
    let needed = u64::from(width) * u64::from(height) * 4;
    if rgba.len() as u64 == needed {
        return Ok(());
    }
    Err(Error::BadArgument(format!(
        "{what} has {} bytes; {width}x{height} pixels of rgba need {needed}",
        rgba.len()
    )))
}

/// Colour `c` with alpha `a` over white, rounded to nearest: c·a/255 + 255·(1 − a/255).
pub(crate) fn over_white_channel(c: u8, a: u8) -> u8 {
    let (c, a) = (u32::from(c), u32::from(a));
    // at most 255, so nothing is lost
    ((c * a + 255 * (255 - a) + 127) / 255) as u8
}

/// The picture itself if all of `rect` is opaque, else a copy of `rect` over white.
fn over_white(rgba: &[u8], width: u32, rect: Rect) -> Cow<'_, [u8]> {
    let (left, bytes) = (rect.x as usize * 4, rect.width as usize * 4);
    let rows = || {
        rgba.chunks_exact(width as usize * 4)
            .skip(rect.y as usize)
            .take(rect.height as usize)
            .map(|row| row.get(left..left + bytes).unwrap_or_default())
    };
    if rows().flat_map(|row| row.chunks_exact(4)).all(|pixel| matches!(pixel, [_, _, _, 255])) {
        return Cow::Borrowed(rgba);
    }
    let mut copy = Vec::with_capacity(bytes * rect.height as usize);
    for row in rows() {
        for &[r, g, b, a] in row.as_chunks::<4>().0 {
            copy.extend([over_white_channel(r, a), over_white_channel(g, a), over_white_channel(b, a), 255]);
        }
    }
    Cow::Owned(copy)
}

/// Sizes were checked before, so the library has nothing left to refuse.
fn unexpected(error: impl std::fmt::Display) -> Error {
    Error::BadArgument(format!("the picture cannot be resized: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparent_is_white_and_opaque_is_itself() {
        for c in 0..=255 {
            assert_eq!(over_white_channel(c, 255), c);
            assert_eq!(over_white_channel(c, 0), 255);
        }
        assert_eq!(over_white_channel(0, 128), 127);
    }

    #[test]
    fn opaque_pixels_are_not_copied() {
        let rgba = [9, 9, 9, 0, 9, 9, 9, 255];
        let opaque_half = Rect { x: 1, y: 0, width: 1, height: 1 };
        assert!(matches!(over_white(&rgba, 2, opaque_half), Cow::Borrowed(_)));
        let whole = Rect { x: 0, y: 0, width: 2, height: 1 };
        assert_eq!(over_white(&rgba, 2, whole), [255, 255, 255, 255, 9, 9, 9, 255].as_slice());
    }

    #[test]
    fn wrong_lengths_and_rectangles_are_refused() {
        let whole = Rect { x: 0, y: 0, width: 2, height: 1 };
        assert_eq!(
            resize(&[0; 7], 2, 1, whole, 1, 1).map_err(|e| e.to_string()),
            Err("the photo has 7 bytes; 2x1 pixels of rgba need 8".into())
        );
        let outside = Rect { x: 1, ..whole };
        for (rect, width, height) in [(outside, 1, 1), (whole, 0, 1), (whole, 1, 0)] {
            assert_eq!(resize(&[0; 8], 2, 1, rect, width, height).map_err(|e| e.code()), Err("bad-argument"));
        }
        assert_eq!(resize(&[0; 8], 2, 1, whole, u32::MAX, 1).map_err(|e| e.code()), Err("image-too-large"));
        // both sizes are allowed, but between the passes lie 60000x60000 pixels
        let (tall, rgba) = (Rect { x: 0, y: 0, width: 1, height: 60_000 }, vec![0; 240_000]);
        assert_eq!(resize(&rgba, 1, 60_000, tall, 60_000, 1).map_err(|e| e.code()), Err("image-too-large"));
    }
}
