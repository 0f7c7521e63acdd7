//! Headers of picture files, and painted maps.

use candling_imaging::{Backdrop, Colormap, Map, Paint};
use wasm_bindgen::prelude::*;

use crate::types::{Header, object};
use candling_bindings::Result;

/// Reads a picture file's format and size from its header alone, so that a browser never has to decode a
/// decompression bomb.
///
/// # Errors
/// `unsupported-format`, `corrupt-image`, `image-too-large`.
#[wasm_bindgen]
pub fn probe(bytes: &[u8]) -> Result<JsValue> {
    let header = candling_imaging::probe(bytes)?;
    object(&Header { format: header.format.name(), width: header.width, height: header.height })
}

/// Paints a raw map as RGBA8 of the given size. One channel: divided by its maximum, coloured, at `opacity`.
/// Three channels: a pixel map, grey where it is 0. `scale` is the value with the last colour, for maps that
/// are compared. `seen` is the network's input (RGBA8 of its size; empty if unknown), and `area` the part of
/// it that the map covers: left, top, width and height in pixels.
///
/// # Errors
/// `bad-argument`, `not-finite`.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)] // JavaScript has no structs to pass
pub fn render(
    data: &[f32],
    channels: usize,
    height: usize,
    width: usize,
    out_width: u32,
    out_height: u32,
    colormap: &str,
    opacity: f32,
    scale: Option<f32>,
    seen: Vec<u8>,
    seen_width: u32,
    seen_height: u32,
    area: &[f64],
) -> Result<wasm_bindgen::Clamped<Vec<u8>>> {
    let map = Map::new(data, channels, height, width)?;
    let backdrop = match (seen.is_empty(), area.try_into()) {
        (false, Ok(area)) => Some(Backdrop::new(seen, seen_width, seen_height)?.under(area)?),
        _ => None,
    };
    let paint = Paint { colormap: colormap.parse()?, opacity, scale, backdrop: backdrop.as_ref() };
    Ok(wasm_bindgen::Clamped(candling_imaging::render(&map, out_width, out_height, paint)?))
}

/// Names of the colormaps.
#[wasm_bindgen]
#[must_use]
pub fn colormaps() -> Vec<String> {
    Colormap::ALL.iter().map(|colormap| colormap.name().to_owned()).collect()
}
