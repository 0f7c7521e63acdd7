//! Errors of this crate, with messages that a user can act on.

use crate::header::{MAX_PIXELS, MAX_SIDE};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate. `Display` is one lowercase sentence that names what was given, what is allowed and
/// what to do next; [`Error::code`] is stable.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A kind of picture that nothing here reads.
    #[error("{what} is not read here; convert it to jpeg or png")]
    UnsupportedFormat {
        /// The name of the format, for example `heic`.
        what: String,
    },
    /// A file that is not a picture. Has the same code as [`Error::UnsupportedFormat`].
    #[error("{what} is not a picture known here; give a jpeg or png")]
    NotAPicture {
        /// The kind of file, for example `html`, or "this file".
        what: String,
    },
    /// A picture file that is damaged, cut short or empty.
    #[error("{what} cannot be read: {reason}; save it again as jpeg or png, or give another file")]
    CorruptImage {
        /// The file by its detected format, for example `the png`.
        what: String,
        /// The defect that was found.
        reason: String,
    },
    /// More pixels than are ever held in memory here.
    #[error(
        "the picture is {width}x{height} pixels; at most {} megapixels and {MAX_SIDE} pixels a side are read; make it smaller",
        MAX_PIXELS / 1_000_000
    )]
    ImageTooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A NaN or an infinity in a map.
    #[error("{what} is not finite at element {index} ({value})")]
    NotFinite {
        /// The map.
        what: &'static str,
        /// Index of the first such element, row-major.
        index: usize,
        /// Its value.
        value: f32,
    },
    /// An argument outside what is allowed.
    #[error("{0}")]
    BadArgument(String),
}

impl Error {
    /// A short name in kebab case that stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedFormat { .. } | Self::NotAPicture { .. } => "unsupported-format",
            Self::CorruptImage { .. } => "corrupt-image",
            Self::ImageTooLarge { .. } => "image-too-large",
            Self::NotFinite { .. } => "not-finite",
            Self::BadArgument(_) => "bad-argument",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_says_what_to_do_next() {
        let heic = Error::UnsupportedFormat { what: "heic".into() };
        assert_eq!(heic.to_string(), "heic is not read here; convert it to jpeg or png");
        assert_eq!(heic.code(), "unsupported-format");

        let html = Error::NotAPicture { what: "html".into() };
        assert_eq!(html.to_string(), "html is not a picture known here; give a jpeg or png");
        assert_eq!(html.code(), "unsupported-format");

        let large = Error::ImageTooLarge { width: 10_000, height: 10_000 };
        assert_eq!(
            large.to_string(),
            "the picture is 10000x10000 pixels; at most 67 megapixels and 65535 pixels a side are read; make it smaller"
        );
        assert_eq!(large.code(), "image-too-large");

        let corrupt = Error::CorruptImage { what: "the png".into(), reason: "its width is 0".into() };
        assert_eq!(
            corrupt.to_string(),
            "the png cannot be read: its width is 0; save it again as jpeg or png, or give another file"
        );
        assert_eq!(corrupt.code(), "corrupt-image");
    }
}
