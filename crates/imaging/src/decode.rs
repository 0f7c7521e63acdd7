//! Decoding of picture files with the crate `image`, natively and where a browser's own decoders cannot be
//! used.

mod colour;
mod entropy;
mod extent;
mod inks;
mod partial;

use std::error::Error as _;
use std::io::Cursor;

use image::error::ImageError;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::error::{Error, Result};
use crate::format::Format;
use crate::header::{MAX_PIXELS, MAX_SIDE, check_size, corrupt, format_of, not_read, probe};
use crate::note::Note;
use crate::photo::Photo;

/// The deepest pixel a decoder may hand over: RGBA, 16 bits a channel.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// Decodes a JPEG, PNG, GIF, WebP, BMP or TIFF file to upright RGBA8 in sRGB, like [`decode_noting`] but
/// without its notes.
///
/// # Errors
/// As [`decode_noting`].
pub fn decode(bytes: &[u8]) -> Result<Photo> {
    decode_noting(bytes).map(|(photo, _)| photo)
}

/// Decodes a JPEG, PNG, GIF, WebP, BMP or TIFF file to upright RGBA8 in sRGB, and returns notes on defects
/// that did not prevent it.
///
/// The format follows from the content, never from a name. The first frame of an animation is used. The EXIF
/// orientation is applied; an invalid one is ignored, and so is that of a WebP, as browsers do. Grey,
/// palette, 16-bit and CMYK pictures become RGBA8. Colours are converted to sRGB from the profile in the
/// file, or from the chunks of a PNG (cICP, then iCCP, sRGB, gAMA with cHRM); a profile that is broken or
/// made for another kind of picture is ignored.
///
/// A file that lacks at most a hundredth of its pixels is read without a note, one that lacks up to a quarter
/// with a note; missing pixels are grey.
///
/// # Errors
/// - `unsupported-format`, naming the format, for everything else: AVIF and HEIC need C libraries, and the
///   crate `image` reads only some icons. Also for a variant of a known format that the decoder does not know
///   or that takes more than 512 MiB.
/// - `corrupt-image` for a file that is damaged, or that lacks more than a quarter of its pixels.
/// - `image-too-large` beyond [`MAX_PIXELS`] or [`MAX_SIDE`], found in the header.
pub fn decode_noting(bytes: &[u8]) -> Result<(Photo, Vec<Note>)> {
    let format = format_of(bytes)?;
    let codec = codec(format).ok_or_else(|| not_read(format))?;
    probe(bytes)?;
    let failed = |error| refusal(format, error);
    let open = || open(bytes, codec).map_err(failed);

    let mut decoder = open()?;
    // the decoder has the last word on the size
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let orientation = match format {
        Format::Webp => Orientation::NoTransforms,
        _ => decoder.orientation().unwrap_or(Orientation::NoTransforms),
    };
    let mut notes = Vec::new();
    let profile = colour::profile(format, bytes, &mut decoder, &mut notes);
    let inks = profile.as_ref().filter(|profile| colour::is_of_inks(profile)).and_then(|_| inks::read(bytes));
    let (mut rgba, mut missing) = match inks {
        Some(inks) => {
            (colour::of_inks(&inks, width, height, profile.as_ref(), &mut notes), partial::Missing::default())
        }
        None => {
            let (image, missing) = partial::read(decoder, open, format)?;
            (colour::to_srgb(image, profile.as_ref(), &mut notes), missing)
        }
    };
    if format == Format::Jpeg {
        missing = extent::missing(bytes, width, height).unwrap_or(missing);
    }
    missing.settle(format, &mut rgba, &mut notes)?;

    let mut image = image::DynamicImage::ImageRgba8(rgba);
    image.apply_orientation(orientation);
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    Ok((Photo { width, height, rgba: rgba.into_raw() }, notes))
}

fn open(bytes: &[u8], codec: ImageFormat) -> std::result::Result<impl ImageDecoder + '_, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    reader.limits(limits());
    reader.into_decoder()
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

/// The decoder's message without the names that `image` puts before it, as part of a lowercase sentence.
fn reason(error: &ImageError) -> String {
    let message = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => "its decoder gave up".into(),
    }
}
