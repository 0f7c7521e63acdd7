//! A checked raw attribution map.

use crate::error::{Error, Result};

/// A raw map as an attribution method returns it: un-normalised, finite, row-major `[channels, height,
/// width]`.
///
/// One channel is a heatmap over positions (the CAM family); three channels are a signed map over the pixels
/// of the input (gradients, guided backpropagation).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Map<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl<'a> Map<'a> {
    /// Checks and wraps the values.
    ///
    /// # Errors
    /// `bad-argument` for other than 1 or 3 channels, a side of 0 or a length that does not fit; `not-finite`
    /// for a NaN or an infinity.
    pub fn new(values: &'a [f32], channels: usize, height: usize, width: usize) -> Result<Self> {
        if channels != 1 && channels != 3 {
            return Err(Error::BadArgument(format!(
                "a map of {channels} channels cannot be painted; it must have 1 or 3"
            )));
        }
        let needed = element_count(channels, height, width)?;
        if values.len() != needed {
            return Err(Error::BadArgument(format!(
                "the map has {} elements; {channels}x{height}x{width} need {needed}",
                values.len()
            )));
        }
        if let Some((index, &value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { what: "the map", index, value });
        }
        Ok(Self { values, channels, height, width })
    }
}

/// Returns the number of elements of a map; refuses one that is empty or whose size overflows.
pub(crate) fn element_count(channels: usize, height: usize, width: usize) -> Result<usize> {
    let count = channels.checked_mul(height).and_then(|count| count.checked_mul(width));
    count.filter(|&count| count > 0).ok_or_else(|| {
        Error::BadArgument(format!(
            "a map of {channels}x{height}x{width} is empty or beyond memory; every size must be at least 1"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_finite_maps_pass() {
        assert!(Map::new(&[0.0; 6], 1, 2, 3).is_ok());
        assert!(Map::new(&[0.0; 6], 3, 2, 1).is_ok());
        for (channels, height, width) in [(2, 3, 1), (1, 2, 2), (1, 0, 6), (3, usize::MAX, 2)] {
            assert_eq!(
                Map::new(&[0.0; 6], channels, height, width).map_err(|e| e.code()),
                Err("bad-argument")
            );
        }
        assert_eq!(
            Map::new(&[0.0, f32::NEG_INFINITY, f32::NAN], 1, 1, 3).map_err(|e| e.to_string()),
            Err("the map is not finite at element 1 (-inf)".into())
        );
    }
}
