//! Pictures of which a part is missing: what there is of them, and whether that is enough.

use image::{DynamicImage, ImageDecoder, RgbaImage};

use super::refusal;
use crate::error::Result;
use crate::format::Format;
use crate::header::corrupt;
use crate::note::{Note, percent};

/// The share of a picture's pixels that may be missing without a word: less than the network, or a reader, could see.
const NEARLY_WHOLE: f64 = 0.01;

/// The share beyond which what is left may be another picture, and is refused.
const TOO_MUCH: f64 = 0.25;

/// What stands for missing pixels: the middle grey that is next to nothing to the network.
const GREY: [u8; 4] = [128, 128, 128, 255];

/// The pixels of a picture as it is stored that are not in its file.
#[derive(Default)]
pub(super) struct Missing {
    /// Whether each is missing, in rows from the top; empty where none is.
    pub(super) pixels: Vec<bool>,
    /// Whether details are missing everywhere.
    pub(super) coarse: bool,
}

impl Missing {
    fn share(&self) -> f64 {
        let missing = self.pixels.iter().filter(|&&missing| missing).count();
        missing as f64 / self.pixels.len().max(1) as f64
    }

    /// Makes the missing pixels grey and notes them, or refuses the picture if they are too many.
    pub(super) fn settle(&self, format: Format, image: &mut RgbaImage, notes: &mut Vec<Note>) -> Result<()> {
        let share = self.share();
        if share > TOO_MUCH {
            return Err(corrupt(
                format,
                format!("{} of the picture is missing from the file", percent(share)),
            ));
        }
        for (pixel, _) in image.pixels_mut().zip(&self.pixels).filter(|&(_, &missing)| missing) {
            pixel.0 = GREY;
        }
        if share > NEARLY_WHOLE {
            notes.push(Note::Missing { share });
        }
        if self.coarse {
            notes.push(Note::Coarse);
        }
        Ok(())
    }
}

/// Reads a picture as far as it goes. Where the decoder gives up, a second one reads the same over another filling: what then differs is what neither wrote.
pub(super) fn read<D: ImageDecoder>(
    decoder: D,
    again: impl Fn() -> Result<D>,
    format: Format,
) -> Result<(DynamicImage, Missing)> {
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    let mut pixels = vec![0; size];
    let mut missing = Missing::default();
    if let Err(error) = decoder.read_image(&mut pixels) {
        let mut other = vec![0xFF; size];
        let _the_same = again()?.read_image(&mut other);
        let depth = usize::from(colour.bytes_per_pixel());
        missing.pixels =
            pixels.chunks_exact(depth).zip(other.chunks_exact(depth)).map(|(a, b)| a != b).collect();
        if missing.share() > TOO_MUCH {
            return Err(refusal(format, error));
        }
        // `image` puts the bytes of a PNG in order only after the last
        if format == Format::Png && colour.bytes_per_pixel() > colour.channel_count() {
            pixels.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }
    let image = from_raw(colour, width, height, pixels)
        .ok_or_else(|| corrupt(format, "its pixels are of an unknown kind".into()))?;
    Ok((image, missing))
}

/// Pixels in native byte order as a picture.
fn from_raw(colour: image::ColorType, width: u32, height: u32, bytes: Vec<u8>) -> Option<DynamicImage> {
    use image::ColorType as C;
    use image::ImageBuffer;
    let wide = |bytes: &[u8]| {
        bytes.as_chunks::<2>().0.iter().map(|&pair| u16::from_ne_bytes(pair)).collect::<Vec<_>>()
    };
    let real = |bytes: &[u8]| {
        bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_ne_bytes(four)).collect::<Vec<_>>()
    };
    Some(match colour {
        C::L8 => DynamicImage::ImageLuma8(ImageBuffer::from_raw(width, height, bytes)?),
        C::La8 => DynamicImage::ImageLumaA8(ImageBuffer::from_raw(width, height, bytes)?),
        C::Rgb8 => DynamicImage::ImageRgb8(ImageBuffer::from_raw(width, height, bytes)?),
        C::Rgba8 => DynamicImage::ImageRgba8(ImageBuffer::from_raw(width, height, bytes)?),
        C::L16 => DynamicImage::ImageLuma16(ImageBuffer::from_raw(width, height, wide(&bytes))?),
        C::La16 => DynamicImage::ImageLumaA16(ImageBuffer::from_raw(width, height, wide(&bytes))?),
        C::Rgb16 => DynamicImage::ImageRgb16(ImageBuffer::from_raw(width, height, wide(&bytes))?),
        C::Rgba16 => DynamicImage::ImageRgba16(ImageBuffer::from_raw(width, height, wide(&bytes))?),
        C::Rgb32F => DynamicImage::ImageRgb32F(ImageBuffer::from_raw(width, height, real(&bytes))?),
        C::Rgba32F => DynamicImage::ImageRgba32F(ImageBuffer::from_raw(width, height, real(&bytes))?),
        _ => return None,
    })
}
