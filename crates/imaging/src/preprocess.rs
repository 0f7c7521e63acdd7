//! Preprocessing: photo to input tensor.

use crate::backdrop::Backdrop;
use crate::error::{Error, Result};
use crate::header::check_size;
use crate::resize::resize;
use crate::view::{Fit, Rect, check_crop_fraction, view};

/// The preprocessing that a model expects. EfficientNet-Lite0: 224x224, mean 127, std 128, crop fraction
/// 0.875.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocessing {
    /// Width of the input in pixels.
    pub width: u32,
    /// Height of the input in pixels.
    pub height: u32,
    /// Mean of red, green and blue, subtracted from values of 0 to 255.
    pub mean: [f32; 3],
    /// Standard deviation of red, green and blue, by which the difference is divided.
    pub std: [f32; 3],
    /// Side of the centre square over the shorter side of the photo, in (0, 1]; used by [`Fit::Crop`].
    pub crop_fraction: f64,
}

impl Preprocessing {
    /// Preprocessing for an input of `width` by `height` pixels; [`Self::check`] refuses one that is too
    /// large.
    #[must_use]
    pub fn new(width: usize, height: usize, mean: [f32; 3], std: [f32; 3], crop_fraction: f64) -> Self {
        let pixels = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        Self { width: pixels(width), height: pixels(height), mean, std, crop_fraction }
    }

    /// Refuses values that would give an empty, huge or non-finite tensor.
    ///
    /// # Errors
    /// `bad-argument`, or `image-too-large` for an input beyond the limits of [`probe`](crate::probe).
    pub fn check(&self) -> Result<()> {
        check_size(self.width, self.height)?;
        check_crop_fraction(self.crop_fraction)?;
        if !self.mean.iter().all(|mean| mean.is_finite()) {
            return Err(Error::BadArgument(format!("the mean is {:?}; it must be finite", self.mean)));
        }
        // a normal number keeps 255/std finite
        if !self.std.iter().all(|std| std.is_normal() && *std > 0.0) {
            return Err(Error::BadArgument(format!(
                "the std is {:?}; it must be finite and above 0",
                self.std
            )));
        }
        Ok(())
    }
}

/// A photo prepared for the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// `3 * height * width` values, (pixel − mean) / std, channels first (RGB), rows from the top.
    pub tensor: Vec<f32>,
    /// The part of the photo that the tensor shows, in source pixels.
    pub view: Rect,
    /// The pixels from which the tensor was computed.
    pub backdrop: Backdrop,
}

/// Crops, lays over white, resizes and normalises a photo.
///
/// `rgba` is `height * width * 4` bytes, rows from the top, straight alpha.
///
/// # Errors
/// The errors of [`Preprocessing::check`] and [`resize`].
pub fn prepare(
    rgba: &[u8],
    width: u32,
    height: u32,
    fit: Fit,
    preprocessing: &Preprocessing,
) -> Result<Prepared> {
    preprocessing.check()?;
    let view = view(width, height, fit, preprocessing.crop_fraction)?;
    let pixels = resize(rgba, width, height, view, preprocessing.width, preprocessing.height)?;
    let plane = |channel: usize, mean: f32, std: f32| {
        pixels.iter().skip(channel).step_by(4).map(move |&value| (f32::from(value) - mean) / std)
    };
    let ([mean_r, mean_g, mean_b], [std_r, std_g, std_b]) = (preprocessing.mean, preprocessing.std);
    let mut tensor = Vec::with_capacity(pixels.len() / 4 * 3);
    tensor.extend(plane(0, mean_r, std_r));
    tensor.extend(plane(1, mean_g, std_g));
    tensor.extend(plane(2, mean_b, std_b));
    let backdrop = Backdrop::new(pixels, preprocessing.width, preprocessing.height)?;
    Ok(Prepared { tensor, view, backdrop })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITE0: Preprocessing =
        Preprocessing { width: 2, height: 1, mean: [127.0; 3], std: [128.0; 3], crop_fraction: 0.875 };

    #[test]
    fn channels_come_first_and_pixels_are_normalised() {
        let rgba = [255, 127, 0, 255, 63, 191, 127, 255];
        let prepared = prepare(&rgba, 2, 1, Fit::Squash, &LITE0).expect("a valid photo");
        assert_eq!(prepared.tensor, [1.0, -0.5, 0.0, 0.5, -127.0 / 128.0, 0.0]);
        assert_eq!(prepared.view, Rect { x: 0, y: 0, width: 2, height: 1 });
        assert_eq!(prepared.backdrop.rgba(), rgba);
    }

    #[test]
    fn each_channel_has_its_own_scale() {
        let imagenet = Preprocessing { mean: [10.0, 20.0, 30.0], std: [1.0, 2.0, 4.0], width: 1, ..LITE0 };
        let prepared = prepare(&[50, 50, 50, 255], 1, 1, Fit::Crop, &imagenet).expect("a valid photo");
        assert_eq!(prepared.tensor, [40.0, 15.0, 5.0]);
    }

    #[test]
    fn useless_values_are_refused() {
        let wrong = [
            Preprocessing { width: 0, ..LITE0 },
            Preprocessing { mean: [0.0, f32::NAN, 0.0], ..LITE0 },
            Preprocessing { std: [1.0, 0.0, 1.0], ..LITE0 },
            Preprocessing { std: [1.0, f32::INFINITY, 1.0], ..LITE0 },
            Preprocessing { std: [1.0, 1e-40, 1.0], ..LITE0 },
            Preprocessing { crop_fraction: 0.0, ..LITE0 },
        ];
        for preprocessing in wrong {
            assert_eq!(preprocessing.check().map_err(|e| e.code()), Err("bad-argument"), "{preprocessing:?}");
        }
        let huge = Preprocessing { width: 65_535, height: 65_535, ..LITE0 };
        assert_eq!(huge.check().map_err(|e| e.code()), Err("image-too-large"));
    }
}
