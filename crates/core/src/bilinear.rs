//! Bilinear upsampling of maps, for Guided Grad-CAM and for painting.
//!
//! Half-pixel centres and clamped edges, which is PyTorch's `interpolate(mode="bilinear",
//! align_corners=False)`: output `i` sits at input position `(i + ½)·size/out_size − ½`. There is no
//! antialiasing, so shrinking by more than two skips values.

/// A resampling between two sizes; it computes row by row, so that no intermediate plane is needed.
#[derive(Debug, Clone)]
pub struct Bilinear {
    width: usize,
    rows: Vec<Tap>,
    columns: Vec<Tap>,
}

/// `(1 − weight)·value[low] + weight·value[high]`
#[derive(Debug, Clone, Copy)]
struct Tap {
    low: usize,
    high: usize,
    weight: f32,
}

impl Bilinear {
    /// Resamples from `(height, width)` to `(height, width)`; an empty source gives no rows.
    #[must_use]
    pub fn new(from: (usize, usize), to: (usize, usize)) -> Self {
        Self::placed(from, to, (0.0, to.0 as f64), (0.0, to.1 as f64))
    }

    /// Resamples the source onto a part of the output: `down` and `across` are start and extent of the part,
    /// in pixels of the output. Outside, edge values are repeated.
    #[must_use]
    pub fn placed(from: (usize, usize), to: (usize, usize), down: (f64, f64), across: (f64, f64)) -> Self {
        Self { width: from.1, rows: taps(from.0, to.0, down), columns: taps(from.1, to.1, across) }
    }

    /// Writes row `y` of the resampled `plane`, which has the source size, row-major. If there is no such
    /// row, `out` is unchanged.
    pub fn row(&self, plane: &[f32], y: usize, out: &mut [f32]) {
        let line = |index: usize| plane.get(index * self.width..(index + 1) * self.width);
        let Some(row) = self.rows.get(y) else { return };
        let (Some(upper), Some(lower)) = (line(row.low), line(row.high)) else { return };
        for (out, column) in out.iter_mut().zip(&self.columns) {
            let along =
                |line: &[f32]| (1.0 - column.weight) * line[column.low] + column.weight * line[column.high];
            *out = (1.0 - row.weight) * along(upper) + row.weight * along(lower);
        }
    }

    /// Resamples contiguous planes.
    #[must_use]
    pub fn planes(&self, planes: &[f32], count: usize) -> Vec<f32> {
        let (height, width) = (self.rows.len(), self.columns.len());
        let mut out = vec![0.0; count * height * width];
        if out.is_empty() || planes.len() < count {
            return Vec::new();
        }
        let planes = planes.chunks_exact(planes.len() / count);
        for (plane, out) in planes.zip(out.chunks_exact_mut(height * width)) {
            out.chunks_exact_mut(width).enumerate().for_each(|(y, out)| self.row(plane, y, out));
        }
        out
    }
}

fn taps(size: usize, out_size: usize, (start, extent): (f64, f64)) -> Vec<Tap> {
    let Some(last) = size.checked_sub(1) else { return Vec::new() };
    let scale = size as f64 / extent;
    let tap = |index: usize| {
        let position = ((index as f64 + 0.5 - start) * scale - 0.5).clamp(0.0, last as f64);
        let low = position as usize;
        Tap { low, high: (low + 1).min(last), weight: (position - low as f64) as f32 }
    };
    (0..out_size).map(tap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_pixel_centres() {
        // torch.nn.functional.interpolate(torch.tensor([[[0., 4.]]]), size=4, mode="linear",
        // align_corners=False)
        assert_eq!(Bilinear::new((1, 2), (1, 4)).planes(&[0.0, 4.0], 1), [0.0, 1.0, 3.0, 4.0]);
    }

    #[test]
    fn a_placed_map_keeps_its_edges_beyond_itself() {
        // two values over the middle four of eight
        let placed = Bilinear::placed((1, 2), (1, 8), (0.0, 1.0), (2.0, 4.0));
        assert_eq!(placed.planes(&[0.0, 4.0], 1), [0.0, 0.0, 0.0, 1.0, 3.0, 4.0, 4.0, 4.0]);
    }

    #[test]
    fn same_size_is_identity_and_one_value_fills() {
        let planes: Vec<f32> = (0..2 * 3 * 5).map(|value| value as f32).collect();
        assert_eq!(Bilinear::new((3, 5), (3, 5)).planes(&planes, 2), planes);
        assert_eq!(Bilinear::new((1, 1), (2, 3)).planes(&[7.0], 1), [7.0; 6]);
    }

    proptest::proptest! {
        #[test]
        fn stays_within_the_map_and_keeps_its_place(
            (height, width, half) in (1usize..9, 1usize..9, 0usize..5),
            seed in proptest::collection::vec(-1e3f32..1e3, 64),
        ) {
            let map = &seed[..height * width];
            // an odd factor puts an output on the centre of every input
            let factor = 2 * half + 1;
            let up = Bilinear::new((height, width), (height * factor, width * factor)).planes(map, 1);
            let (low, high) = map.iter().fold((f32::MAX, f32::MIN), |(l, h), &v| (l.min(v), h.max(v)));
            let slack = 1e-6 * high.abs().max(low.abs());
            assert!(up.iter().all(|v| (low - slack..=high + slack).contains(v)));
            let rows = up.chunks(width * factor).skip(half).step_by(factor);
            let centres: Vec<f32> = rows.flat_map(|row| row.iter().skip(half).step_by(factor).copied()).collect();
            assert_eq!(centres, map);
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        for (from, to) in [((0, 3), (2, 2)), ((3, 0), (2, 2)), ((2, 2), (0, 2)), ((2, 2), (2, 0))] {
            assert!(Bilinear::new(from, to).planes(&[0.0; 4], 1).is_empty(), "{from:?} to {to:?}");
        }
        assert!(Bilinear::new((2, 2), (3, 3)).planes(&[], 1).is_empty());
        assert!(Bilinear::new((1, 1), (3, 3)).planes(&[0.0], 2).is_empty());
    }
}
