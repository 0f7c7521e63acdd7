//! The JavaScript interface for reading picture files. It only converts: every decision is made in
//! `candling-imaging`.
//!
//! Browsers have decoders of their own. This module is fetched only if one cannot be used: for a file that
//! the browser refuses although our rule accepts it, for one that it may read silently although much is
//! missing, and in browsers that do not return exact pixels.
//!
//! Failures are thrown as an `Error` with a stable `code`.

use candling_bindings::Result;
use candling_imaging::Note;
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;

/// A decoded photo.
#[wasm_bindgen]
pub struct DecodedPhoto {
    /// Size in pixels, upright.
    #[wasm_bindgen(readonly)]
    pub width: u32,
    /// Size in pixels, upright.
    #[wasm_bindgen(readonly)]
    pub height: u32,
    rgba: Vec<u8>,
    notes: Vec<Note>,
}

#[wasm_bindgen]
impl DecodedPhoto {
    /// Takes the pixels: RGBA8, straight alpha.
    pub fn pixels(&mut self) -> Clamped<Vec<u8>> {
        Clamped(std::mem::take(&mut self.rgba))
    }

    /// Notes on defects in spite of which the picture was read.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.notes.iter().map(ToString::to_string).collect()
    }
}

/// Decodes a JPEG, PNG, GIF, WebP, BMP or TIFF file.
///
/// # Errors
/// `unsupported-format`, `corrupt-image`, `image-too-large`.
#[wasm_bindgen]
pub fn decode(bytes: &[u8]) -> Result<DecodedPhoto> {
    let (photo, notes) = candling_imaging::decode_noting(bytes)?;
    Ok(DecodedPhoto { width: photo.width, height: photo.height, rgba: photo.rgba, notes })
}
