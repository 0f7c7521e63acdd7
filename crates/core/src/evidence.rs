//! How much of a map's evidence lies in a region: the number that tells a network that is right from one that is right for the wrong
//! reason.

use crate::{Bilinear, Error, Result};

/// Pixels of a picture, some of which are of interest.
#[derive(Debug, Clone, Copy)]
pub struct Region<'a> {
    /// Height and width of the picture.
    pub size: (usize, usize),
    /// Row by row, 1 inside and 0 outside.
    pub mask: &'a [u8],
}

/// The share of a map's evidence that lies in a region, 0 to 1: the sum of its values above 0 inside by their sum everywhere, the map laid
/// bilinearly onto the part of the picture that the network saw. `down` and `across` are where that part begins and how far it reaches, in
/// pixels; what lies outside of it counts for neither sum. None for a map without evidence.
///
/// A map tells no places apart that are nearer than its cells: evidence at an object's edge lies half a cell beyond it as well. So the region
/// is what the mask covers and all within half a cell of it, across and down.
///
/// With an object's mask it is the *energy-based pointing game* of Score-CAM (Wang et al. 2020, section 4.3), but for that margin.
///
/// # Errors
/// [`Error::BadShape`] for a map or a mask that is not of its size.
pub fn evidence_share(
    map: &[f32],
    map_size: (usize, usize),
    region: Region<'_>,
    down: (f64, f64),
    across: (f64, f64),
) -> Result<Option<f64>> {
    let (height, width) = region.size;
    for (what, given, (h, w)) in [("map", map.len(), map_size), ("mask", region.mask.len(), region.size)] {
        if Some(given) != h.checked_mul(w) || given == 0 {
            return Err(Error::BadShape {
                what: what.into(),
                given: format!("{given} values"),
                needed: format!("{h}x{w} of them, 1 at least"),
            });
        }
    }
    let onto = Bilinear::placed(map_size, region.size, down, across);
    let half_cell = |cells: usize, (_, extent): (f64, f64)| (extent / cells as f64 / 2.0).round() as usize;
    let mask = grown(region, half_cell(map_size.0, down), half_cell(map_size.1, across));
    // A pixel was seen where its centre was.
    let seen = |at: usize, (start, extent): (f64, f64)| {
        let centre = at as f64 + 0.5;
        centre >= start && centre < start + extent
    };
    let mut row = vec![0.0; width];
    let (mut inside, mut everywhere) = (0.0, 0.0);
    for y in (0..height).filter(|&y| seen(y, down)) {
        onto.row(map, y, &mut row);
        let mask = &mask[y * width..(y + 1) * width];
        for (x, (&value, &mask)) in row.iter().zip(mask).enumerate() {
            if seen(x, across) && value > 0.0 {
                everywhere += f64::from(value);
                inside += if mask { f64::from(value) } else { 0.0 };
            }
        }
    }
    Ok((everywhere > 0.0).then(|| inside / everywhere))
}

/// The region with all within so many pixels of it, down and across.
fn grown(Region { size: (height, width), mask }: Region<'_>, down: usize, across: usize) -> Vec<bool> {
    let wide: Vec<bool> = mask.chunks_exact(width).flat_map(|row| near(row, across)).collect();
    let mut both = vec![false; wide.len()];
    for x in 0..width {
        let column: Vec<u8> = wide.iter().skip(x).step_by(width).map(|&inside| u8::from(inside)).collect();
        for (y, inside) in near(&column, down).enumerate().take(height) {
            both[y * width + x] = inside;
        }
    }
    both
}

/// For each place whether one within `reach` of it is not 0.
fn near(line: &[u8], reach: usize) -> impl Iterator<Item = bool> {
    // how many there are before each place
    let mut counts = vec![0usize];
    counts.extend(line.iter().scan(0, |count, &v| {
        *count += usize::from(v != 0);
        Some(*count)
    }));
    let length = line.len();
    (0..length).map(move |at| counts[at.saturating_sub(reach)] < counts[(at + reach + 1).min(length)])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Sums of some hundred values of f32.
    const ROUNDING: f64 = 1e-6;

    /// So many columns at the left.
    fn left(columns: usize, (height, width): (usize, usize)) -> Vec<u8> {
        (0..height * width).map(|i| u8::from(i % width < columns)).collect()
    }

    fn share(map: &[f32], map_size: (usize, usize), mask: &[u8], size: (usize, usize)) -> Option<f64> {
        let whole = |extent: usize| (0.0, extent as f64);
        evidence_share(map, map_size, Region { size, mask }, whole(size.0), whole(size.1)).unwrap()
    }

    /// A cell is 4 pixels wide.
    #[test]
    fn of_an_even_map_it_is_the_area_of_the_region_with_half_a_cell_more() {
        let mask = left(4, (6, 8));
        assert!((share(&[2.0; 4], (2, 2), &mask, (6, 8)).unwrap() - 0.75).abs() < ROUNDING);
    }

    #[test]
    fn a_pixel_grows_to_all_sides() {
        let mut mask = [0; 35];
        mask[2 * 7 + 5] = 1;
        let all: Vec<usize> =
            (0..35).filter(|&i| grown(Region { size: (5, 7), mask: &mask }, 1, 2)[i]).collect();
        assert_eq!(all, [10, 11, 12, 13, 17, 18, 19, 20, 24, 25, 26, 27]);
    }

    /// Between two columns of 1 and 0 the upsampled values fall in a straight line that is symmetric about the middle:
    /// over eight columns 1, 1, 7/8, 5/8, 3/8, 1/8, 0, 0. The two columns at the left grow to four.
    #[test]
    fn of_a_step_as_by_hand() {
        let mask = left(2, (4, 8));
        assert!((share(&[1.0, 0.0], (1, 2), &mask, (4, 8)).unwrap() - 3.5 / 4.0).abs() < ROUNDING);
    }

    #[test]
    fn what_speaks_against_is_no_evidence_and_without_any_there_is_no_share() {
        // cells of two pixels, of which half is one: three columns of six
        let mask = left(2, (2, 6));
        let of = |map: &[f32]| share(map, (1, 3), &mask, (2, 6));
        assert!((of(&[1.0, 1.0, 1.0]).unwrap() - 0.5).abs() < ROUNDING);
        assert_eq!(of(&[1.0, -9.0, -9.0]), Some(1.0));
        assert_eq!(of(&[0.0, -1.0, 0.0]), None);
    }

    #[test]
    fn what_the_network_did_not_see_counts_for_nothing() {
        // columns 2 to 5 were seen in cells of two pixels, so that the region is columns 0 to 4, or to 2
        let seen = |columns: usize| {
            let mask = left(columns, (4, 8));
            let region = Region { size: (4, 8), mask: &mask };
            evidence_share(&[1.0; 4], (2, 2), region, (0.0, 4.0), (2.0, 4.0)).unwrap().unwrap()
        };
        assert!((seen(4) - 0.75).abs() < ROUNDING);
        assert!((seen(2) - 0.25).abs() < ROUNDING);
        assert!(seen(1).abs() < ROUNDING);
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let region = Region { size: (2, 2), mask: &[1, 0, 1] };
        let error = evidence_share(&[1.0], (1, 1), region, (0.0, 2.0), (0.0, 2.0)).unwrap_err();
        assert_eq!(error.to_string(), "mask is 3 values, needed 2x2 of them, 1 at least");
        assert!(evidence_share(&[], (0, 7), region, (0.0, 2.0), (0.0, 2.0)).is_err());
    }
}
