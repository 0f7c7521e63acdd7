//! Photos in, pictures out: everything about pixels, and nothing about networks.
//!
//! ```text
//! file bytes --probe--> Header              size and format, before anything is decoded
//! file bytes --decode--> Photo              upright RGBA8 (feature `decode`; a browser decodes by itself)
//! pixels     --prepare--> Prepared          crop, antialiased bicubic resize, normalise: the input tensor
//! raw map    --render--> RGBA8              a heatmap or a pixel map, painted
//! picture    --overlay--> Photo             ... and laid back on the part of the photo the network saw
//! ```
//!
//! Raw attribution maps come in un-normalised; only this crate knows colour and scale. It takes slices, so
//! that it serves a native program and WebAssembly alike, and gives the same bytes in both.
//!
//! ```
//! use candling_imaging::{Colormap, Fit, Map, Paint, Photo, Preprocessing, overlay, prepare, render};
//!
//! # fn main() -> candling_imaging::Result<()> {
//! let mut photo = Photo { width: 8, height: 4, rgba: vec![200; 8 * 4 * 4] };   // or `decode(&bytes)?`
//! let model = Preprocessing { width: 2, height: 2, mean: [127.0; 3], std: [128.0; 3], crop_fraction: 0.875 };
//! let prepared = prepare(&photo.rgba, photo.width, photo.height, Fit::Crop, &model)?;
//! assert_eq!(prepared.tensor.len(), 3 * 2 * 2);
//!
//! // ... the network and an attribution method turn the tensor into a raw map, here of one channel, 2x2 ...
//! let raw = [0.0, 0.5, 0.0, 2.5];
//! let map = Map::new(&raw, 1, 2, 2)?;
//! let view = prepared.view;
//! let backdrop = Some(&prepared.backdrop);
//! let paint = Paint { colormap: Colormap::Candle, opacity: 0.95, scale: None, backdrop };
//! let heat = render(&map, view.width, view.height, paint)?;
//! overlay(&mut photo, &heat, view)?;
//! # Ok(())
//! # }
//! ```
//!
//! Sizes: pictures are `width, height` in `u32` and row-major RGBA8 with straight alpha; maps and tensors are
//! `channels, height, width` in `usize`, row-major `f32`.

#![deny(missing_docs)]
#![forbid(unsafe_code)]
// a test may stop at the first surprise
#![cfg_attr(test, allow(clippy::expect_used, clippy::panic))]

mod backdrop;
mod candlelight;
mod colormap;
#[cfg(feature = "decode")]
mod decode;
mod error;
mod format;
mod header;
mod map;
#[cfg(feature = "decode")]
mod note;
mod overlay;
mod photo;
mod preprocess;
mod render;
mod resize;
mod tables;
mod view;

pub use backdrop::Backdrop;
pub use colormap::Colormap;
#[cfg(feature = "decode")]
pub use decode::{decode, decode_noting};
pub use error::{Error, Result};
pub use format::Format;
pub use header::{Header, MAX_PIXELS, MAX_SIDE, probe};
pub use map::Map;
#[cfg(feature = "decode")]
pub use note::Note;
pub use overlay::overlay;
pub use photo::Photo;
pub use preprocess::{Prepared, Preprocessing, prepare};
pub use render::{Paint, render};
pub use resize::resize;
pub use view::{Fit, Rect, view};
