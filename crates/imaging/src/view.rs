//! The part of the photo that the network sees.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::header::check_not_empty;

/// The way in which a photo of any shape becomes the network's square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Fit {
    /// The whole photo, stretched: nothing in it is invisible to the network.
    #[default]
    Squash,
    /// The model's own centre square, undistorted; what lies outside is not seen.
    Crop,
}

impl Fit {
    /// Both fits.
    pub const ALL: [Self; 2] = [Self::Squash, Self::Crop];

    /// The name, `squash` or `crop`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Squash => "squash",
            Self::Crop => "crop",
        }
    }
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fit {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|fit| fit.name() == name).ok_or_else(|| {
            Error::BadArgument(format!(
                "unknown fit `{name}`; give one of {}",
                Self::ALL.map(Self::name).join(", ")
            ))
        })
    }
}

/// A rectangle in pixels of the source photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

impl Rect {
    /// Refuses a rectangle that is empty or reaches over the edge of a picture of `width` x `height`.
    pub(crate) fn check_within(self, width: u32, height: u32) -> Result<()> {
        let fits = |start: u32, length: u32, side: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
        };
        if fits(self.x, self.width, width) && fits(self.y, self.height, height) {
            return Ok(());
        }
        Err(Error::BadArgument(format!(
            "the rectangle {self} is empty or does not lie within the picture of {width}x{height}"
        )))
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} at {},{}", self.width, self.height, self.x, self.y)
    }
}

/// The part of a `width` x `height` photo that the network sees.
///
/// [`Fit::Crop`] is the centre square with a side of `crop_fraction` of the shorter side (in (0, 1]; 0.875
/// for EfficientNet-Lite0). Side and corner are rounded down, the side is at least 1 pixel.
///
/// # Errors
/// `bad-argument` for an empty photo or a fraction outside (0, 1].
pub fn view(width: u32, height: u32, fit: Fit, crop_fraction: f64) -> Result<Rect> {
    check_not_empty(width, height)?;
    check_crop_fraction(crop_fraction)?;
    Ok(match fit {
        Fit::Squash => Rect { x: 0, y: 0, width, height },
        Fit::Crop => {
            // `as` truncates, which is the rounding wanted; the product is within 0 and the side
            let side = ((crop_fraction * f64::from(width.min(height))) as u32).max(1);
            Rect { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side }
        }
    })
}

pub(crate) fn check_crop_fraction(crop_fraction: f64) -> Result<()> {
    if crop_fraction > 0.0 && crop_fraction <= 1.0 {
        return Ok(());
    }
    Err(Error::BadArgument(format!("the crop fraction is {crop_fraction}; it must be above 0 and at most 1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITE0: f64 = 0.875;

    #[test]
    fn extreme_shapes_keep_at_least_a_pixel() {
        assert_eq!(view(1, 1, Fit::Crop, LITE0), Ok(Rect { x: 0, y: 0, width: 1, height: 1 }));
        assert_eq!(view(3000, 2, Fit::Crop, LITE0), Ok(Rect { x: 1499, y: 0, width: 1, height: 1 }));
        assert_eq!(view(2, 3000, Fit::Squash, LITE0), Ok(Rect { x: 0, y: 0, width: 2, height: 3000 }));
        assert_eq!(view(10, 20, Fit::Crop, 1.0), Ok(Rect { x: 0, y: 5, width: 10, height: 10 }));
    }

    #[test]
    fn fractions_outside_0_to_1_are_refused() {
        for fraction in [0.0, -0.5, 1.01, f64::NAN, f64::INFINITY] {
            assert_eq!(
                view(10, 10, Fit::Crop, fraction).map_err(|e| e.code()),
                Err("bad-argument"),
                "{fraction}"
            );
        }
        assert_eq!(view(0, 10, Fit::Crop, LITE0).map_err(|e| e.code()), Err("bad-argument"));
    }

    #[test]
    fn fits_are_named() {
        for fit in Fit::ALL {
            assert_eq!(fit.name().parse(), Ok(fit));
        }
        assert_eq!(
            "stretch".parse::<Fit>().map_err(|e| e.to_string()),
            Err("unknown fit `stretch`; give one of squash, crop".into())
        );
    }

    #[test]
    fn rectangles_stay_inside() {
        let rect = |x, y, width, height| Rect { x, y, width, height };
        assert!(rect(0, 0, 5, 4).check_within(5, 4).is_ok());
        assert!(rect(4, 3, 1, 1).check_within(5, 4).is_ok());
        for outside in [rect(5, 0, 1, 1), rect(1, 0, 5, 1), rect(0, 0, 0, 1), rect(u32::MAX, 0, u32::MAX, 1)]
        {
            assert_eq!(outside.check_within(5, 4).map_err(|e| e.code()), Err("bad-argument"), "{outside}");
        }
    }
}
