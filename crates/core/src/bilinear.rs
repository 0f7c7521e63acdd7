//! Bilinear upsampling of maps.

/// Resamples `planes` planes of `from` (height, width) to `to` with half-pixel centres and clamped edges:
/// PyTorch's `interpolate(mode="bilinear", align_corners=False)`.
///
/// Output row `i` sits at input row `(i + ½)·h/H − ½`. Interpolates in `f64`.
///
/// `map` holds the planes one after the other, row-major; the result likewise. Where `map` is shorter than
/// that, or an extent is 0, the result is empty.
#[must_use]
pub fn resample(map: &[f32], planes: usize, from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    let ((h, w), (out_h, out_w)) = (from, to);
    if h * w == 0 || map.len() < planes * h * w {
        return Vec::new();
    }
    let rows = taps(h, out_h);
    let columns = taps(w, out_w);
    let mut out = Vec::with_capacity(planes * out_h * out_w);
    for plane in map.chunks_exact(h * w).take(planes) {
        for &(y0, y1, fy) in &rows {
            let (upper, lower) = (&plane[y0 * w..][..w], &plane[y1 * w..][..w]);
            out.extend(columns.iter().map(|&(x0, x1, fx)| {
                let blend = |row: &[f32]| {
                    f64::from(row[x0]) * (1.0 - fx) + f64::from(row[x1]) * fx
                };
                (blend(upper) * (1.0 - fy) + blend(lower) * fy) as f32
            }));
        }
    }
    out
}

/// For each output position the two inputs it lies between, and how far towards the second.
fn taps(n: usize, out: usize) -> Vec<(usize, usize, f64)> {
    (0..out)
        .map(|i| {
            let at = ((i as f64 + 0.5) * n as f64 / out as f64 - 0.5).clamp(0.0, (n - 1) as f64);
            let lower = at as usize;
            (lower, (lower + 1).min(n - 1), at - lower as f64)
        })
        .collect()
}
