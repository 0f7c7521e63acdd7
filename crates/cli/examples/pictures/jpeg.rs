//! JPEG encoding. The encoder comes with the decoders of `candling-imaging`.

use candling_imaging::Photo;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::recipe::Result;

/// A baseline JPEG of an opaque picture; `quality` is 1 to 100.
pub fn encode(picture: &Photo, quality: u8) -> Result<Vec<u8>> {
    let rgb: Vec<u8> = picture.rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).write_image(
        &rgb,
        picture.width,
        picture.height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}
