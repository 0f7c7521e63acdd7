//! Rendering: raw map to picture.
//!
//! Heatmaps are divided by their maximum and nothing is ever subtracted: subtracting the minimum would
//! stretch the noise of a map without evidence over the whole colour map. An all-zero map keeps the lowest
//! colour, which is what it says. Pixel maps are signed, and their scale is symmetric about 0.

use candling_core::Bilinear;

use crate::backdrop::Backdrop;
use crate::candlelight::Candlelight;
use crate::colormap::Colormap;
use crate::error::{Error, Result};
use crate::header::check_size;
use crate::map::Map;

/// The options for painting a map. Only the scale applies to a map of three channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint<'a> {
    /// The colour map.
    pub colormap: Colormap,
    /// Alpha of the whole picture, in [0, 1]; multiplies the alpha of the colours.
    pub opacity: f32,
    /// The value that gets the last colour, finite and above 0, for maps that are to be compared; by default
    /// the map's own maximum.
    pub scale: Option<f32>,
    /// The photo under the map, for `candle`; by default uniform grey. Other colour maps do not depend on it.
    pub backdrop: Option<&'a Backdrop>,
}

/// Paints a map as `out_height * out_width * 4` bytes of RGBA8, straight alpha.
///
/// - One channel: negative values (evidence against the class, in a signed map) count as 0; values are
///   divided by the scale, upsampled bilinearly ([`Bilinear`]) and coloured, by `candle` for the backdrop;
///   alpha is that of the colour, mostly 1, times the opacity.
/// - Three channels: each value v becomes ½ + ½·v / c, so 0 is grey 128, upsampled bilinearly; opaque, and
///   only the scale of `paint` is used. c is the scale, or by default the magnitude that one value in a
///   hundred exceeds; larger ones are shown as ±c. Pixel gradients have a few values far above all others;
///   divided by the largest, the rest would be plain grey (Smilkov et al. 2017, "SmoothGrad", §3.1 cap at the
///   same percentile).
///
/// # Errors
/// `bad-argument` for an opacity outside [0, 1], a scale that is not above 0, or an output side of 0;
/// `image-too-large` for an output beyond the limits of [`probe`](crate::probe).
pub fn render(map: &Map, out_width: u32, out_height: u32, paint: Paint<'_>) -> Result<Vec<u8>> {
    check_size(out_width, out_height)?;
    if !(0.0..=1.0).contains(&paint.opacity) {
        return Err(Error::BadArgument(format!(
            "the opacity is {}; it must lie within 0 and 1",
            paint.opacity
        )));
    }
    if let Some(scale) = paint.scale
        && !(scale > 0.0 && scale.is_finite())
    {
        return Err(Error::BadArgument(format!("the scale is {scale}; it is a finite number above 0")));
    }
    if map.channels == 1 {
        heat(map, out_width, out_height, paint)
    } else {
        Ok(signed(map, out_width, out_height, paint.scale))
    }
}

/// Share of a pixel map's values that may lie beyond the ends of its scale.
const CAPPED: f64 = 0.01;

fn heat(map: &Map, out_width: u32, out_height: u32, paint: Paint<'_>) -> Result<Vec<u8>> {
    let positive: Vec<f32> = map.values.iter().map(|value| value.max(0.0)).collect();
    let intensities = match paint.scale {
        // capped at 1 before upsampling, so that values beyond the scale do not spread
        Some(scale) => positive.into_iter().map(|value| (value / scale).min(1.0)).collect(),
        None => over_largest_magnitude(positive),
    };
    let mut out = Vec::with_capacity(out_width as usize * out_height as usize * 4);
    if paint.colormap == Colormap::Candle {
        let mut light = Candlelight::new(paint.backdrop, (out_width, out_height), paint.opacity)?;
        for_each_row(map, &intensities, out_width, out_height, |y, row| light.paint(y, row, &mut out));
        return Ok(out);
    }
    for_each_row(map, &intensities, out_width, out_height, |_, row| {
        for &intensity in row {
            let [r, g, b, alpha] = paint.colormap.rgba(intensity);
            out.extend([r, g, b, (f32::from(alpha) * paint.opacity).round() as u8]);
        }
    });
    Ok(out)
}

fn signed(map: &Map, out_width: u32, out_height: u32, scale: Option<f32>) -> Vec<u8> {
    let shares = match scale {
        Some(scale) => map.values.iter().map(|value| (value / scale).clamp(-1.0, 1.0)).collect(),
        None => over_capped_magnitude(map.values),
    };
    let grey = |share: f32| (255.0 * (0.5 + 0.5 * share)).round() as u8;
    let width = out_width as usize;
    let mut out = Vec::with_capacity(width * out_height as usize * 4);
    for_each_row(map, &shares, out_width, out_height, |_, rows| {
        let (red, rest) = rows.split_at(width);
        let (green, blue) = rest.split_at(width);
        for ((&r, &g), &b) in red.iter().zip(green).zip(blue) {
            out.extend([grey(r), grey(g), grey(b), 255]);
        }
    });
    out
}

/// Divides by the magnitude that a share of [`CAPPED`] of the values exceeds, or by the largest if that is 0;
/// the results are capped to −1 to 1.
fn over_capped_magnitude(values: &[f32]) -> Vec<f32> {
    let mut magnitudes: Vec<f32> = values.iter().map(|value| value.abs()).collect();
    let beyond = (CAPPED * magnitudes.len() as f64) as usize;
    let at = magnitudes.len().saturating_sub(1 + beyond);
    let cap = match magnitudes.get(at) {
        None => 0.0,
        Some(_) => *magnitudes.select_nth_unstable_by(at, f32::total_cmp).1,
    };
    if cap == 0.0 {
        return over_largest_magnitude(values.to_vec());
    }
    values.iter().map(|value| (value / cap).clamp(-1.0, 1.0)).collect()
}

/// Divides by the largest magnitude; all zeros stay zeros. Done before upsampling, so that no sum can
/// overflow.
fn over_largest_magnitude(mut values: Vec<f32>) -> Vec<f32> {
    let largest = values.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
    if largest > 0.0 {
        values.iter_mut().for_each(|value| *value /= largest);
    }
    values
}

/// Calls `paint` once per output row, top to bottom, with the row's index and its values, channel after
/// channel.
fn for_each_row(
    map: &Map,
    values: &[f32],
    out_width: u32,
    out_height: u32,
    mut paint: impl FnMut(usize, &[f32]),
) {
    let (out_width, out_height) = (out_width as usize, out_height as usize);
    let resampling = Bilinear::new((map.height, map.width), (out_height, out_width));
    let mut rows = vec![0.0; map.channels * out_width];
    for y in 0..out_height {
        for (plane, row) in values.chunks_exact(map.height * map.width).zip(rows.chunks_exact_mut(out_width))
        {
            resampling.row(plane, y, row);
        }
        paint(y, &rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAINT: Paint<'static> =
        Paint { colormap: Colormap::Turbo, opacity: 0.5, scale: None, backdrop: None };

    fn pixels(map: &Map, out_width: u32, out_height: u32, paint: Paint<'_>) -> Vec<[u8; 4]> {
        render(map, out_width, out_height, paint).expect("valid sizes").as_chunks::<4>().0.to_vec()
    }

    fn heat_of(t: f32) -> [u8; 4] {
        let [r, g, b, _] = Colormap::Turbo.rgba(t);
        [r, g, b, 128]
    }

    #[test]
    fn values_are_divided_by_the_maximum_and_nothing_is_subtracted() {
        let map = Map::new(&[2.0, 4.0, 8.0, 3.0], 1, 2, 2).expect("valid");
        assert_eq!(pixels(&map, 2, 2, PAINT), [heat_of(0.25), heat_of(0.5), heat_of(1.0), heat_of(0.375)]);
    }

    #[test]
    fn negative_values_count_as_zero() {
        let map = Map::new(&[-9.0, 1.0], 1, 1, 2).expect("valid");
        assert_eq!(pixels(&map, 2, 1, PAINT), [heat_of(0.0), heat_of(1.0)]);
        let upsampled = Map::new(&[0.0, 1.0], 1, 1, 2).expect("valid");
        assert_eq!(pixels(&map, 8, 1, PAINT), pixels(&upsampled, 8, 1, PAINT), "cut off before upsampling");
    }

    #[test]
    fn a_map_without_positive_values_stays_at_the_bottom() {
        for values in [[0.0; 4], [-1.0, -2.0, -3.0, 0.0]] {
            let map = Map::new(&values, 1, 2, 2).expect("valid");
            assert_eq!(pixels(&map, 5, 3, PAINT), [heat_of(0.0); 15]);
        }
    }

    #[test]
    fn a_scale_makes_maps_comparable() {
        let paint = Paint { scale: Some(8.0), ..PAINT };
        let map = Map::new(&[2.0, 4.0, 16.0, -3.0], 1, 2, 2).expect("valid");
        assert_eq!(pixels(&map, 2, 2, paint), [heat_of(0.25), heat_of(0.5), heat_of(1.0), heat_of(0.0)]);
        let map = Map::new(&[-4.0, 16.0, 0.0], 3, 1, 1).expect("valid");
        assert_eq!(pixels(&map, 1, 1, paint), [[64, 255, 128, 255]]);
        for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let refused = render(&map, 1, 1, Paint { scale: Some(scale), ..PAINT }).map_err(|e| e.code());
            assert_eq!(refused, Err("bad-argument"), "{scale}");
        }
    }

    #[test]
    fn a_scale_with_an_alpha_of_its_own_is_multiplied_by_the_opacity() {
        let map = Map::new(&[0.0, 1.0], 1, 1, 2).expect("valid");
        let paint = Paint { colormap: Colormap::Candle, ..PAINT };
        let [low, high] = [0.0, 1.0].map(|t| Colormap::Candle.rgba(t));
        assert!(low[3] > 128 && high[3] < 128, "light where there is evidence");
        let expected = [low, high].map(|[r, g, b, a]| [[r, g, b, a / 2], [r, g, b, a.div_ceil(2)]]);
        for (pixel, either) in pixels(&map, 2, 1, paint).iter().zip(expected) {
            assert!(either.contains(pixel), "{pixel:?} is none of {either:?}");
        }
    }

    #[test]
    fn a_few_extreme_values_of_a_pixel_map_are_capped() {
        // 300 values: 3 may lie beyond the end of the scale
        let mut values = vec![0.5; 300];
        values[..3].fill(1000.0);
        values[150] = -0.25;
        let map = Map::new(&values, 3, 10, 10).expect("valid");
        let painted = pixels(&map, 10, 10, PAINT);
        assert_eq!(painted[0], [255, 255, 255, 255], "capped, like all that reach the end");
        assert_eq!(painted[50], [255, 64, 255, 255], "minus half of the scale's end, in green");

        // nearly all zero: the largest value is the scale
        let mut values = vec![0.0; 300];
        values[7] = 2.0;
        let map = Map::new(&values, 3, 10, 10).expect("valid");
        assert_eq!(pixels(&map, 10, 10, PAINT)[7], [255, 128, 128, 255]);
    }

    #[test]
    fn pixel_maps_are_grey_at_zero_and_symmetric() {
        // two pixels; red -2 and 2, green 0 and 1, blue -1 and 0
        let map = Map::new(&[-2.0, 2.0, 0.0, 1.0, -1.0, 0.0], 3, 1, 2).expect("valid");
        assert_eq!(pixels(&map, 2, 1, PAINT), [[0, 128, 64, 255], [255, 191, 128, 255]]);
        let zero = Map::new(&[0.0; 3], 3, 1, 1).expect("valid");
        assert_eq!(pixels(&zero, 1, 1, PAINT), [[128, 128, 128, 255]]);
    }

    #[test]
    fn the_largest_and_smallest_numbers_survive() {
        for unit in [f32::MAX, f32::MIN_POSITIVE, 1e-45] {
            let values = [unit, 0.0];
            let map = Map::new(&values, 1, 1, 2).expect("finite");
            assert_eq!(pixels(&map, 2, 1, PAINT), [heat_of(1.0), heat_of(0.0)], "{unit:e}");
            let values = [unit, -unit, 0.0, 0.0, 0.0, 0.0];
            let map = Map::new(&values, 3, 1, 2).expect("finite");
            let [left, .., right] = pixels(&map, 9, 1, PAINT)[..] else { panic!("9 pixels") };
            assert_eq!((left, right), ([255, 128, 128, 255], [0, 128, 128, 255]), "{unit:e}");
        }
    }

    #[test]
    fn opacities_and_sizes_outside_are_refused() {
        let map = Map::new(&[1.0], 1, 1, 1).expect("valid");
        for opacity in [-0.1, 1.1, f32::NAN] {
            let result = render(&map, 1, 1, Paint { opacity, ..PAINT });
            assert_eq!(result.map_err(|e| e.code()), Err("bad-argument"), "{opacity}");
        }
        assert_eq!(render(&map, 0, 1, PAINT).map_err(|e| e.code()), Err("bad-argument"));
        assert_eq!(render(&map, 10_000, 10_000, PAINT).map_err(|e| e.code()), Err("image-too-large"));
    }
}
