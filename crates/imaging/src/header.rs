//! Format and size from the first bytes of a file, before anything is decoded.
//!
//! A picture of 50 kB can claim 400 megapixels; decoding it to find out takes seconds and gigabytes. So the
//! header is read first, natively and in the browser (before `createImageBitmap`, which has no limit of its
//! own).

use crate::error::{Error, Result};
use crate::format::Format;

/// Largest number of pixels of a picture: 64 Mi, so that cameras sold as "64 megapixels" are accepted.
pub const MAX_PIXELS: u64 = 64 << 20;

/// Longest side of a picture, JPEG's own limit. The memory for the resize weights grows with the side alone,
/// so a picture of 60 000 000 x 1 must not pass just because it has few pixels.
pub const MAX_SIDE: u32 = 65_535;

/// Format and size of a picture, read from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format, by content.
    pub format: Format,
    /// Width in pixels as stored, before any EXIF orientation; at least 1.
    pub width: u32,
    /// Height in pixels as stored, before any EXIF orientation; at least 1.
    pub height: u32,
}

/// Reads format and size of a picture without decoding it.
///
/// A raster format is reported even where nothing here decodes it (AVIF, HEIC, JPEG XL): a browser may.
///
/// # Errors
/// `unsupported-format` for everything that is not a raster picture (SVG, PDF, HTML, text, video) or is known
/// by name only (JPEG 2000, PSD); `corrupt-image` if the file is empty, ends inside its header or claims a
/// side of 0; `image-too-large` beyond [`MAX_PIXELS`] or [`MAX_SIDE`].
pub fn probe(bytes: &[u8]) -> Result<Header> {
    let format = format_of(bytes)?;
    let (width, height) = size(format, bytes)?;
    if width == 0 || height == 0 {
        return Err(corrupt(format, format!("its header claims {width}x{height} pixels")));
    }
    check_size(width, height)?;
    Ok(Header { format, width, height })
}

/// Returns the format of a file that should be a picture, or the error that it is not.
pub(crate) fn format_of(bytes: &[u8]) -> Result<Format> {
    if bytes.is_empty() {
        return Err(Error::CorruptImage { what: "the file".into(), reason: "it is empty".into() });
    }
    Format::of(bytes).ok_or_else(|| Error::NotAPicture { what: "this file".into() })
}

/// The error for a format that is not supported.
pub(crate) fn not_read(format: Format) -> Error {
    let what = format.to_string();
    if format.is_picture() { Error::UnsupportedFormat { what } } else { Error::NotAPicture { what } }
}

/// Refuses pictures that are empty or beyond the limits.
pub(crate) fn check_size(width: u32, height: u32) -> Result<()> {
    check_not_empty(width, height)?;
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::ImageTooLarge { width, height });
    }
    Ok(())
}

pub(crate) fn check_not_empty(width: u32, height: u32) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::BadArgument(format!(
            "a picture of {width}x{height} pixels is empty; both sides must be at least 1"
        )));
    }
    Ok(())
}

pub(crate) fn corrupt(format: Format, reason: String) -> Error {
    Error::CorruptImage { what: format!("the {format}"), reason }
}

fn size(format: Format, bytes: &[u8]) -> Result<(u32, u32)> {
    let size = match format {
        Format::Jpeg => jpeg_size(bytes),
        Format::Bmp => bmp_size(bytes),
        Format::Png
        | Format::Gif
        | Format::Webp
        | Format::Ico
        | Format::Tiff
        | Format::Avif
        | Format::Heic
        | Format::Jxl => imagesize::blob_size(bytes).ok().map(|size| {
            let side = |side| u32::try_from(side).unwrap_or(u32::MAX);
            (side(size.width), side(size.height))
        }),
        _ => {
            return Err(not_read(format));
        }
    };
    size.ok_or_else(|| corrupt(format, "its header is damaged or cut short".into()))
}

/// The size in the frame header of a JPEG (ITU-T T.81, B.1.1 and B.2.2). Written by hand, because `imagesize`
/// stops at the fill bytes that B.1.1.2 allows before any marker.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let start = rest.iter().position(|&byte| byte == 0xFF)?;
        rest = rest.get(start..)?;
        let fill = rest.iter().take_while(|&&byte| byte == 0xFF).count();
        let (&marker, after) = rest.get(fill..)?.split_first()?;
        rest = after;
        match marker {
            0x00 | 0x01 | 0xD0..=0xD8 => continue, // without a length: a stuffed byte, TEM, RSTn, SOI
            0xD9 | 0xDA => return None,            // the end or the scan, and no frame header before it
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?));
        // not DHT, JPG, DAC
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if is_frame {
            let [_, _, _precision, h1, h0, w1, w0] = *rest.first_chunk::<7>()?;
            return Some((u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into()));
        }
        rest = rest.get(length.max(2)..)?;
    }
}

/// The size in a BMP header. Written by hand, because `imagesize` reads neither the negative height of a
/// picture stored from the top nor the 16-bit sides of the oldest header.
fn bmp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let i32_at = |at: usize| Some(i32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if i32_at(14)? == 12 {
        return Some((u16_at(18)?.into(), u16_at(20)?.into()));
    }
    Some((i32_at(18)?.unsigned_abs(), i32_at(22)?.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes
    }

    fn bmp(header_size: u32, sides: &[u8]) -> Vec<u8> {
        let mut bytes = b"BM\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend_from_slice(&header_size.to_le_bytes());
        bytes.extend_from_slice(sides);
        bytes
    }

    #[test]
    fn a_hundred_megapixels_are_refused_from_the_header() {
        assert_eq!(probe(&png(10_000, 10_000)), Err(Error::ImageTooLarge { width: 10_000, height: 10_000 }));
    }

    #[test]
    fn the_limits_are_sharp() {
        assert_eq!(probe(&png(8192, 8192)), Ok(Header { format: Format::Png, width: 8192, height: 8192 }));
        assert!(matches!(probe(&png(8192, 8193)), Err(Error::ImageTooLarge { .. })));
        assert!(probe(&png(1, MAX_SIDE)).is_ok());
        assert!(matches!(probe(&png(1, MAX_SIDE + 1)), Err(Error::ImageTooLarge { .. })));
        assert!(matches!(probe(&png(u32::MAX, u32::MAX)), Err(Error::ImageTooLarge { .. })));
    }

    #[test]
    fn a_side_of_zero_is_damage() {
        let error = probe(&png(0, 64)).expect_err("0 wide");
        assert_eq!(error.code(), "corrupt-image");
        assert!(error.to_string().contains("0x64"), "{error}");
    }

    #[test]
    fn jpeg_markers_may_be_padded_and_frames_may_come_late() {
        let app0 = b"\xFF\xE0\0\x04ab";
        let dht = b"\xFF\xC4\0\x03x";
        let frame = b"\xFF\xC2\0\x11\x08\0\x40\0\x60\x03";
        let soi = b"\xFF\xD8";
        let bytes = [&soi[..], app0, b"\xFF\xFF\xFF", dht, b"junk", b"\xFF", frame].concat();
        assert_eq!(probe(&bytes), Ok(Header { format: Format::Jpeg, width: 96, height: 64 }));
        for end in 3..bytes.len() - 1 {
            assert_eq!(probe(&bytes[..end]).map_err(|e| e.code()), Err("corrupt-image"), "cut at {end}");
        }
        let no_frame = [&soi[..], app0, b"\xFF\xDA\0\x02"].concat();
        assert_eq!(probe(&no_frame).map_err(|e| e.code()), Err("corrupt-image"));
    }

    #[test]
    fn bmp_heights_may_be_negative_and_headers_old() {
        let sides = [48i32.to_le_bytes(), (-32i32).to_le_bytes()].concat();
        assert_eq!(probe(&bmp(40, &sides)), Ok(Header { format: Format::Bmp, width: 48, height: 32 }));
        let sides = [48u16.to_le_bytes(), 32u16.to_le_bytes()].concat();
        assert_eq!(probe(&bmp(12, &sides)), Ok(Header { format: Format::Bmp, width: 48, height: 32 }));
    }

    #[test]
    fn what_is_not_read_is_named() {
        for (bytes, message) in [
            (&b"<svg/>"[..], "svg is not read here; convert it to jpeg or png"),
            (b"8BPS", "psd is not read here; convert it to jpeg or png"),
            (b"%PDF-1.7", "pdf is not a picture known here; give a jpeg or png"),
            (b"PK\x03\x04", "zip is not a picture known here; give a jpeg or png"),
            (b"hello", "plain text is not a picture known here; give a jpeg or png"),
            (b"\x01\x02\x03", "this file is not a picture known here; give a jpeg or png"),
        ] {
            let refusal = probe(bytes).map_err(|e| (e.code(), e.to_string()));
            assert_eq!(refusal, Err(("unsupported-format", message.into())));
        }
        assert_eq!(probe(b"").map_err(|e| e.code()), Err("corrupt-image"));
    }
}
