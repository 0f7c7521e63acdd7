//! File formats, recognised by content: names and extensions lie.

use std::fmt;

/// A kind of file that people take for a picture, readable here or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // the names say it
pub enum Format {
    Jpeg,
    Png,
    Gif,
    Webp,
    Bmp,
    Ico,
    Tiff,
    Avif,
    Heic,
    Jxl,
    Jpeg2000,
    Psd,
    Svg,
    Pdf,
    Html,
    Video,
    Zip,
    Text,
}

/// Files that open with fixed bytes.
const SIGNATURES: [(&[u8], Format); 17] = [
    (b"\xFF\xD8\xFF", Format::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Format::Png),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II+\0", Format::Tiff),
    (b"MM\0+", Format::Tiff),
    (b"\xFF\x0A", Format::Jxl),
    (b"\0\0\0\x0CJXL \r\n\x87\n", Format::Jxl),
    (b"\0\0\0\x0CjP  \r\n\x87\n", Format::Jpeg2000),
    (b"\xFF\x4F\xFF\x51", Format::Jpeg2000),
    (b"8BPS", Format::Psd),
    (b"%PDF-", Format::Pdf),
    (b"\x1A\x45\xDF\xA3", Format::Video), // Matroska, WebM
    (b"PK\x03\x04", Format::Zip),
    (b"PK\x05\x06", Format::Zip),
];

/// Number of bytes of a text that are searched to tell SVG from HTML.
const TEXT_WINDOW: usize = 1024;

impl Format {
    /// The format of these bytes, or `None` if no known format fits.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let signed = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature));
        signed
            .map(|&(_, format)| format)
            .or_else(|| riff(bytes))
            .or_else(|| bmp(bytes))
            .or_else(|| ico(bytes))
            .or_else(|| iso_media(bytes))
            .or_else(|| text(bytes))
    }

    /// The common name in lower case: `jpeg`, `heic`, `jpeg 2000`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Bmp => "bmp",
            Self::Ico => "ico",
            Self::Tiff => "tiff",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::Jxl => "jpeg xl",
            Self::Jpeg2000 => "jpeg 2000",
            Self::Psd => "psd",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Video => "video",
            Self::Zip => "zip",
            Self::Text => "plain text",
        }
    }

    /// Whether this is a picture format, so that converting the file may help.
    #[must_use]
    pub fn is_picture(self) -> bool {
        !matches!(self, Self::Pdf | Self::Html | Self::Video | Self::Zip | Self::Text)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn riff(bytes: &[u8]) -> Option<Format> {
    match (bytes.get(..4)?, bytes.get(8..12)?) {
        (b"RIFF", b"WEBP") => Some(Format::Webp),
        (b"RIFF", b"AVI ") => Some(Format::Video),
        _ => None,
    }
}

/// BMP. The letters `BM` alone could also start a text, so the size of the second header must fit as well.
fn bmp(bytes: &[u8]) -> Option<Format> {
    let header_size = u32::from_le_bytes(bytes.get(14..18)?.try_into().ok()?);
    (bytes.starts_with(b"BM") && matches!(header_size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
        .then_some(Format::Bmp)
}

fn ico(bytes: &[u8]) -> Option<Format> {
    (bytes.starts_with(&[0, 0, 1, 0]) && bytes.get(4..6)? != [0, 0]).then_some(Format::Ico)
}

/// ISO base media files (HEIF, AVIF, MP4) open with a box `ftyp`: a major brand, a version, compatible
/// brands.
fn iso_media(bytes: &[u8]) -> Option<Format> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    let size = usize::try_from(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?)).ok()?;
    let brands = bytes.get(8..size.min(bytes.len()))?;
    let has = |wanted: &[&[u8]]| brands.chunks_exact(4).any(|brand| wanted.contains(&brand));
    Some(if has(&[b"avif", b"avis"]) {
        Format::Avif
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        Format::Heic
    } else {
        Format::Video
    })
}

fn text(bytes: &[u8]) -> Option<Format> {
    let start = bytes.get(..TEXT_WINDOW).unwrap_or(bytes);
    let start = match std::str::from_utf8(start) {
        Ok(start) => start,
        // the window may end inside a character; anything else is no text
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(start.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    if start.is_empty() || start.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let start = start.trim_start_matches('\u{FEFF}').trim_start().to_ascii_lowercase();
    Some(if start.starts_with("<!doctype html") || start.starts_with("<html") {
        Format::Html
    } else if start.starts_with('<') && start.contains("<svg") {
        Format::Svg
    } else if start.starts_with('<') && start.contains("<html") {
        Format::Html
    } else {
        Format::Text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let heif = |major: &[u8; 4], compatible: &[u8]| {
            let mut bytes = vec![0, 0, 0, u8::try_from(16 + compatible.len()).unwrap_or(u8::MAX)];
            bytes.extend_from_slice(b"ftyp");
            bytes.extend_from_slice(major);
            bytes.extend_from_slice(&[0; 4]);
            bytes.extend_from_slice(compatible);
            bytes
        };
        let cases: [(&[u8], Option<Format>); 17] = [
            (b"", None),
            (b"\xFF\xD8\xFF\xE0", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\n", Some(Format::Png)),
            (b"\x89PNG\n\x1A\n", None), // mangled by a text-mode transfer
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"BMW is a make of car, not a bitmap", Some(Format::Text)),
            (b"\0\0\x01\0\x01\0", Some(Format::Ico)),
            (b"\0\0\x01\0\0\0", None),
            (&heif(b"mif1", b"avifmiaf"), Some(Format::Avif)),
            (&heif(b"mif1", b"heicmiaf"), Some(Format::Heic)),
            (&heif(b"isom", b"mp42"), Some(Format::Video)),
            (b"\xEF\xBB\xBF <?xml version='1.0'?><svg xmlns='x'/>", Some(Format::Svg)),
            (b"<!DOCTYPE HTML><body><svg/></body>", Some(Format::Html)),
            ("caf\u{e9}".as_bytes(), Some(Format::Text)),
            (b"caf\xC3", Some(Format::Text)), // cut inside a character
            (b"caf\xE9 \0", None),
        ];
        for (bytes, format) in cases {
            assert_eq!(Format::of(bytes), format, "{}", bytes.escape_ascii());
        }
    }
}
