//! The inks of a CMYK JPEG, which the crate `image` turns into RGB without asking for their profile.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Returns cyan, magenta, yellow and black of each pixel, 0 for no ink; `None` if this is not a CMYK JPEG.
///
/// Programs store them inverted, so that 255 is no ink, and some store the first three as YCbCr (YCCK).
pub(super) fn read(bytes: &[u8]) -> Option<Vec<u8>> {
    let options =
        DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let stored = decoder.input_colorspace()?;
    if !matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK) {
        return None;
    }
    decoder.set_options(options.jpeg_set_out_colorspace(stored));
    let mut pixels = decoder.decode().ok()?;
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let [first, second, third, black] = *pixel;
        *pixel = match stored {
            ColorSpace::YCCK => {
                let [red, green, blue] = rgb(first, second, third);
                [red, green, blue, 255 - black]
            }
            _ => [255 - first, 255 - second, 255 - third, 255 - black],
        };
    }
    Some(pixels)
}

/// YCbCr to RGB (JFIF).
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let [y, cb, cr] = [f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0];
    // a cast to an integer saturates
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|value| value.round() as u8)
}
