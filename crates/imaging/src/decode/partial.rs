//! Pictures with missing pixels: the pixels that can be read, and whether they are enough.

use image::{DynamicImage, ImageDecoder, RgbaImage};

use super::refusal;
use crate::error::Result;
use crate::format::Format;
use crate::header::corrupt;
use crate::note::{Note, percent};

/// Share of the pixels that may be missing without a note: less than the network, or a reader, could see.
const NEARLY_WHOLE: f64 = 0.01;

/// Share of missing pixels above which a picture is refused, since what is left may show something else.
const TOO_MUCH: f64 = 0.25;

/// The colour of missing pixels: middle grey, close to 0 after normalisation.
const GREY: [u8; 4] = [128, 128, 128, 255];

/// The pixels of a picture, as stored, that are missing from its file.
#[derive(Default)]
pub(super) struct Missing {
    /// Whether each pixel is missing, in rows from the top; empty if none is.
    pub(super) pixels: Vec<bool>,
    /// Whether details are missing everywhere.
    pub(super) coarse: bool,
}

impl Missing {
    fn share(&self) -> f64 {
        let missing = self.pixels.iter().filter(|&&missing| missing).count();
        missing as f64 / self.pixels.len().max(1) as f64
    }

    /// Makes missing pixels grey and adds a note, or refuses the picture if too many are missing.
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

/// Reads as much of a picture as the decoder can. If it fails, a second one reads the same file over another
/// filling: the pixels that then differ were written by neither.
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
        // `image` swaps the bytes of a 16-bit PNG only after a complete read
        if format == Format::Png && colour.bytes_per_pixel() > colour.channel_count() {
            pixels.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }
    let image = from_raw(colour, width, height, pixels)
        .ok_or_else(|| corrupt(format, "its pixels are of an unknown kind".into()))?;
    Ok((image, missing))
}

/// Makes a picture from pixels in native byte order.
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
