//! Picture files to pixels, natively, with the crate `image`. In a browser the browser does this.

use std::error::Error as _;
use std::io::Cursor;

use image::error::ImageError;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::error::{Error, Result};
use crate::format::Format;
use crate::header::{MAX_PIXELS, MAX_SIDE, check_size, corrupt, format_of, not_read, probe};
use crate::photo::Photo;

/// The deepest pixel a decoder may hand over: RGBA, 16 bits a channel.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// Decodes a JPEG, PNG, GIF, WebP, BMP or TIFF file to upright RGBA8.
///
/// The content decides what it is, never a name. Of an animation the first frame is taken. The EXIF orientation is
/// applied, an invalid one ignored. Grey, palette, 16-bit and CMYK pictures become RGBA8; colour profiles are not
/// applied. A JPEG that is cut short is read, as browsers show it: what is missing is grey.
///
/// # Errors
/// - `unsupported-format`, naming the format, for everything else: AVIF and HEIC need C libraries, and the crate `image`
///   reads only some icons. So, too, for a kind of a known format that the decoder does not know or that takes more than
///   512 MiB.
/// - `corrupt-image` for a file that is damaged or, but for a JPEG, cut short.
/// - `image-too-large` beyond [`MAX_PIXELS`] or [`MAX_SIDE`], found in the header.
pub fn decode(bytes: &[u8]) -> Result<Photo> {
    let format = format_of(bytes)?;
    let codec = codec(format).ok_or_else(|| not_read(format))?;
    probe(bytes)?;
    let failed = |error| refusal(format, error);

    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(failed)?;
    // the decoder has the last word on the size
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    image.apply_orientation(orientation);
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    Ok(Photo { width, height, rgba: rgba.into_raw() })
}

fn codec(format: Format) -> Option<ImageFormat> {
    Some(match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::Webp => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
        _ => return None,
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_PIXELS * MAX_BYTES_PER_PIXEL);
    limits
}

fn refusal(format: Format, error: ImageError) -> Error {
    let reason = reason(&error);
    match error {
        ImageError::Unsupported(_) | ImageError::Limits(_) => {
            Error::UnsupportedFormat { what: format!("this kind of {format} ({reason})") }
        }
        _ => corrupt(format, reason),
    }
}

/// What the decoder says, without the names that `image` puts before it, as a part of a lowercase sentence.
fn reason(error: &ImageError) -> String {
    let message = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => "its decoder gave up".into(),
    }
}
