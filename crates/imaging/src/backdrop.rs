//! The backdrop of a map: the photo as the network saw it.

use crate::error::{Error, Result};
use crate::resize::check_rgba;

/// The pixels of the network's input, and the area of them that a map covers. Only the colour map `candle`
/// needs them: it changes the light on the photo instead of covering it.
#[derive(Debug, Clone, PartialEq)]
pub struct Backdrop {
    pub(crate) rgba: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The area that the map covers: left, top, width and height, in pixels of the backdrop.
    pub(crate) area: [f64; 4],
}

impl Backdrop {
    /// Wraps `height * width * 4` bytes of opaque RGBA8; the map covers all of it.
    ///
    /// # Errors
    /// `bad-argument` if the length does not fit, or a side is 0.
    pub fn new(rgba: Vec<u8>, width: u32, height: u32) -> Result<Self> {
        check_rgba("the backdrop", &rgba, width, height)?;
        if rgba.is_empty() {
            return Err(Error::BadArgument(format!(
                "the backdrop is {width}x{height}; both sides must be above 0"
            )));
        }
        let area = [0.0, 0.0, f64::from(width), f64::from(height)];
        Ok(Self { rgba, width, height, area })
    }

    /// The same backdrop for a map that covers only `area`: left, top, width and height, in pixels of the
    /// network's input.
    ///
    /// # Errors
    /// `bad-argument` if the width or height is not above 0, or a number is not finite.
    pub fn under(self, area: [f64; 4]) -> Result<Self> {
        let [.., width, height] = area;
        if area.iter().all(|value| value.is_finite()) && width > 0.0 && height > 0.0 {
            return Ok(Self { area, ..self });
        }
        Err(Error::BadArgument(format!(
            "the map lies on {area:?} of the backdrop; left, top, width and height are finite, and the last two above 0"
        )))
    }

    /// Uniform grey, for a colour map that is shown without a photo.
    pub(crate) fn grey() -> Self {
        Self { rgba: vec![128, 128, 128, 255], width: 1, height: 1, area: [0.0, 0.0, 1.0, 1.0] }
    }

    /// The pixels, RGBA8.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_is_refused() {
        for (length, width, height) in [(3, 1, 1), (0, 0, 1), (0, 0, 0), (8, 1, 1)] {
            let made = Backdrop::new(vec![0; length], width, height).map_err(|e| e.code());
            assert_eq!(made, Err("bad-argument"), "{width}x{height}");
        }
        for area in [[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, -1.0], [f64::NAN, 0.0, 1.0, 1.0]] {
            assert_eq!(Backdrop::grey().under(area).map_err(|e| e.code()), Err("bad-argument"), "{area:?}");
        }
    }
}
