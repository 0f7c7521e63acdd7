//! A decoded photo.

/// A photo: upright pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `height * width * 4` bytes: rows from the top, RGBA, straight alpha.
    pub rgba: Vec<u8>,
}
