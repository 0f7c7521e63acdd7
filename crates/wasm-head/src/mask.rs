//! Reading of masks.

use candling_audit::{MaskError, mask_of_png, mask_of_rgba};
use candling_bindings::{Result, Thrown};
use candling_imaging::Format;
use wasm_bindgen::prelude::*;

/// A mask: which pixels are inside.
#[wasm_bindgen]
pub struct Mask(candling_audit::Mask);

#[wasm_bindgen]
impl Mask {
    /// In pixels.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn width(&self) -> u32 {
        self.0.width
    }

    /// In pixels.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn height(&self) -> u32 {
        self.0.height
    }

    /// The rule that decided what is inside, in the form that `maskWords` takes.
    #[must_use]
    pub fn rule(&self) -> String {
        self.0.rule.written()
    }

    /// Takes the pixels out: 1 inside and 0 outside, row by row.
    #[must_use]
    pub fn inside(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0.inside)
    }
}

/// Whether a file is a PNG, which is decoded here and not by the browser.
#[wasm_bindgen(js_name = isPng)]
#[must_use]
pub fn is_png(file: &[u8]) -> bool {
    Format::of(file) == Some(Format::Png)
}

/// The mask in a PNG. `value` is the one value that is inside; without it the rule is inferred.
///
/// # Errors
/// `bad-mask`.
#[wasm_bindgen(js_name = maskOfPng)]
pub fn of_png(file: &[u8], value: Option<u16>) -> Result<Mask> {
    mask_of_png(file, value).map(Mask).map_err(|e| bad(&e))
}

/// The mask in any other `file`, which the browser decoded to these pixels, RGBA.
///
/// # Errors
/// `bad-mask`.
#[wasm_bindgen(js_name = maskOfPixels)]
pub fn of_pixels(file: &[u8], width: u32, height: u32, rgba: &[u8], value: Option<u16>) -> Result<Mask> {
    mask_of_rgba(width, height, rgba, Format::of(file), value).map(Mask).map_err(|e| bad(&e))
}

/// Whether a mask is of another size than its photo, with the same proportions.
///
/// # Errors
/// `bad-mask` if the proportions differ.
#[wasm_bindgen(js_name = isScaled)]
pub fn is_scaled(width: u32, height: u32, photo_width: u32, photo_height: u32) -> Result<bool> {
    candling_audit::fits((width, height), (photo_width, photo_height))
        .map_err(|why| Thrown::new("bad-mask", &why))
}

fn bad(error: &MaskError) -> Thrown {
    Thrown::new("bad-mask", &error.to_string())
}
