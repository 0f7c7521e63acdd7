//! What a model file says about itself: the JSON in its metadata.

use serde::{Deserialize, Serialize};

use crate::layer::Layer;

/// The version of the document that this code reads and writes.
pub(crate) const FORMAT: u32 = 1;

/// The whole document, under the key `candling`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub format: u32,
    pub name: String,
    pub licence: String,
    pub origin: String,
    pub preprocessing: Preprocessing,
    pub default_layer: String,
    pub layers: Vec<Layer>,
    pub labels: Vec<String>,
}

/// How a picture becomes an input tensor: resized (antialiased bicubic) to `width` × `height`, then
/// `(pixel − mean) / std` per RGB channel, pixels being 0 to 255.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocessing {
    /// Width of the input tensor.
    pub width: usize,
    /// Height of the input tensor.
    pub height: usize,
    /// Subtracted, per RGB channel.
    pub mean: [f32; 3],
    /// Divided by, per RGB channel; not 0.
    pub std: [f32; 3],
    /// The share of the shorter side that the model's own centre crop keeps, above 0, at most 1.
    pub crop_fraction: f64,
}

impl Preprocessing {
    /// The pixel, 0 to 255 a channel, that becomes 0 in the input tensor: what the network takes for nothing
    /// at all. It is the mean, rounded to what a picture can hold.
    #[must_use]
    pub fn neutral(&self) -> [u8; 3] {
        self.mean.map(|mean| mean.round().clamp(0.0, 255.0) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neutral_pixel_is_the_mean_as_a_picture_can_have_it() {
        let of =
            |mean| Preprocessing { width: 1, height: 1, mean, std: [1.0; 3], crop_fraction: 1.0 }.neutral();
        assert_eq!(of([123.675, 116.28, 103.53]), [124, 116, 104]);
        assert_eq!(of([0.0, -3.0, 300.0]), [0, 0, 255]);
    }
}
