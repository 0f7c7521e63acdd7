//! Bilinear resampling of maps, with half-pixel centres.

use crate::error::{Error, Result};
use crate::header::check_size;
use crate::map::element_count;

/// Resamples every plane of `[channels, height, width]` to `[channels, out_height, out_width]`.
///
/// Output pixel `i` looks at source position (i + ½)·size/out_size − ½; beyond the outermost centres the edge value
/// holds. This is PyTorch's `interpolate(mode="bilinear", align_corners=False)`: no antialiasing, so shrinking by more
/// than two skips values.
///
/// # Errors
/// `bad-argument` if the length of `planes` is not `channels * height * width` or a size is 0; `image-too-large` for an
/// output beyond the limits of [`probe`](crate::probe).
pub fn bilinear(
    planes: &[f32],
    channels: usize,
    height: usize,
    width: usize,
    out_height: usize,
    out_width: usize,
) -> Result<Vec<f32>> {
    let needed = element_count(channels, height, width)?;
    if planes.len() != needed {
        return Err(Error::BadArgument(format!(
            "the planes have {} elements; {channels}x{height}x{width} need {needed}",
            planes.len()
        )));
    }
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    check_size(side(out_width), side(out_height))?;

    let resampling = Bilinear::new(height, width, out_height, out_width);
    let mut out = vec![0.0; channels * out_height * out_width];
    for (plane, out) in planes
        .chunks_exact(height * width)
        .zip(out.chunks_exact_mut(out_height * out_width))
    {
        for (y, row) in out.chunks_exact_mut(out_width).enumerate() {
            resampling.row(plane, y, row);
        }
    }
    Ok(out)
}

/// The taps of one resampling, so that it can be done row by row, in as little memory as the result needs.
pub(crate) struct Bilinear {
    width: usize,
    rows: Vec<Tap>,
    columns: Vec<Tap>,
}

/// (1 − weight)·value[low] + weight·value[high]
struct Tap {
    low: usize,
    high: usize,
    weight: f32,
}

impl Bilinear {
    /// All four sizes are at least 1.
    pub(crate) fn new(height: usize, width: usize, out_height: usize, out_width: usize) -> Self {
        Self {
            width,
            rows: taps(height, out_height),
            columns: taps(width, out_width),
        }
    }

    /// Row `y` of the resampled `plane`, which has the source size.
    pub(crate) fn row(&self, plane: &[f32], y: usize, out: &mut [f32]) {
        let row = &self.rows[y];
        let line = |index: usize| &plane[index * self.width..][..self.width];
        let (upper, lower) = (line(row.low), line(row.high));
        for (out, column) in out.iter_mut().zip(&self.columns) {
            let at = |line: &[f32]| {
                (1.0 - column.weight) * line[column.low] + column.weight * line[column.high]
            };
            *out = (1.0 - row.weight) * at(upper) + row.weight * at(lower);
        }
    }
}

fn taps(size: usize, out_size: usize) -> Vec<Tap> {
    let last = size - 1;
    let scale = size as f64 / out_size as f64;
    (0..out_size)
        .map(|index| {
            let position = ((index as f64 + 0.5) * scale - 0.5).clamp(0.0, last as f64);
            let low = position as usize;
            Tap {
                low,
                high: (low + 1).min(last),
                weight: (position - low as f64) as f32,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_pixel_centres() {
        // torch.nn.functional.interpolate(torch.tensor([[[0., 4.]]]), size=4, mode="linear", align_corners=False)
        assert_eq!(
            bilinear(&[0.0, 4.0], 1, 1, 2, 1, 4),
            Ok(vec![0.0, 1.0, 3.0, 4.0])
        );
    }

    #[test]
    fn same_size_is_identity_and_one_value_fills() {
        let planes: Vec<f32> = (0..2 * 3 * 5).map(|value| value as f32).collect();
        assert_eq!(bilinear(&planes, 2, 3, 5, 3, 5), Ok(planes.clone()));
        assert_eq!(bilinear(&[7.0], 1, 1, 1, 2, 3), Ok(vec![7.0; 6]));
    }

    #[test]
    fn wrong_sizes_are_refused() {
        for (channels, height, width, out_height, out_width) in [
            (1, 2, 2, 4, 4),
            (1, 0, 3, 4, 4),
            (0, 1, 3, 4, 4),
            (1, 1, 3, 0, 4),
        ] {
            let result = bilinear(&[0.0; 3], channels, height, width, out_height, out_width);
            assert_eq!(result.map_err(|e| e.code()), Err("bad-argument"));
        }
        assert_eq!(
            bilinear(&[0.0], 1, 1, 1, 100_000, 1).map_err(|e| e.code()),
            Err("image-too-large")
        );
        assert_eq!(
            bilinear(&[0.0], usize::MAX, 2, 2, 1, 1).map_err(|e| e.code()),
            Err("bad-argument")
        );
    }
}
