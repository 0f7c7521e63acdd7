//! The share of a map's evidence in a region: it tells whether a network is right for the wrong reason.

use crate::{Bilinear, Error, Result};

/// Pixels of a picture, some of which are of interest.
#[derive(Debug, Clone, Copy)]
pub struct Region<'a> {
    /// Height and width of the picture.
    pub size: (usize, usize),
    /// Row by row, 1 inside and 0 outside.
    pub mask: &'a [u8],
}

/// The share of a map's evidence that lies in a region, 0 to 1: the sum of its values above 0 inside by their
/// sum everywhere, the map laid bilinearly onto the part of the picture that the network saw. `down` and
/// `across` are where that part begins and how far it reaches, in pixels; what lies outside of it counts for
/// neither sum. None for a map without evidence.
///
/// With an object's mask it is the *energy-based pointing game* of Score-CAM (Wang et al. 2020, section 4.3).
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
    // A pixel was seen where its centre was.
    let seen = |at: usize, (start, extent): (f64, f64)| {
        let centre = at as f64 + 0.5;
        centre >= start && centre < start + extent
    };
    let mut row = vec![0.0; width];
    let (mut inside, mut everywhere) = (0.0, 0.0);
    for y in (0..height).filter(|&y| seen(y, down)) {
        onto.row(map, y, &mut row);
        let mask = &region.mask[y * width..(y + 1) * width];
        for (x, (&value, &mask)) in row.iter().zip(mask).enumerate() {
            if seen(x, across) && value > 0.0 {
                everywhere += f64::from(value);
                inside += if mask == 0 { 0.0 } else { f64::from(value) };
            }
        }
    }
    Ok((everywhere > 0.0).then(|| inside / everywhere))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Sums of some hundred values of f32.
    const ROUNDING: f64 = 1e-6;

    /// A mask of the first `columns` columns.
    fn left(columns: usize, (height, width): (usize, usize)) -> Vec<u8> {
        (0..height * width).map(|i| u8::from(i % width < columns)).collect()
    }

    fn share(map: &[f32], map_size: (usize, usize), mask: &[u8], size: (usize, usize)) -> Option<f64> {
        let whole = |extent: usize| (0.0, extent as f64);
        evidence_share(map, map_size, Region { size, mask }, whole(size.0), whole(size.1)).unwrap()
    }

    #[test]
    fn of_an_even_map_it_is_the_area_of_the_region() {
        let mask = left(3, (6, 8));
        assert!((share(&[2.0; 4], (2, 2), &mask, (6, 8)).unwrap() - 3.0 / 8.0).abs() < ROUNDING);
    }

    /// Between two columns of 1 and 0 the upsampled values fall in a straight line that is symmetric about
    /// the middle: over eight columns 1, 1, 7/8, 5/8, 3/8, 1/8, 0, 0.
    #[test]
    fn of_a_step_as_by_hand() {
        let mask = left(4, (4, 8));
        assert!((share(&[1.0, 0.0], (1, 2), &mask, (4, 8)).unwrap() - 3.5 / 4.0).abs() < ROUNDING);
    }

    #[test]
    fn what_speaks_against_is_no_evidence_and_without_any_there_is_no_share() {
        let mask = left(3, (2, 6));
        let of = |map: &[f32]| share(map, (1, 3), &mask, (2, 6));
        assert!((of(&[1.0, 1.0, 1.0]).unwrap() - 0.5).abs() < ROUNDING);
        assert_eq!(of(&[1.0, -9.0, -9.0]), Some(1.0));
        assert_eq!(of(&[0.0, -1.0, 0.0]), None);
    }

    #[test]
    fn what_the_network_did_not_see_counts_for_nothing() {
        // columns 2 to 5 were seen
        let seen = |columns: usize| {
            let mask = left(columns, (4, 8));
            let region = Region { size: (4, 8), mask: &mask };
            evidence_share(&[1.0; 4], (2, 2), region, (0.0, 4.0), (2.0, 4.0)).unwrap().unwrap()
        };
        assert!((seen(5) - 0.75).abs() < ROUNDING);
        assert!((seen(3) - 0.25).abs() < ROUNDING);
        assert!(seen(2).abs() < ROUNDING);
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let region = Region { size: (2, 2), mask: &[1, 0, 1] };
        let error = evidence_share(&[1.0], (1, 1), region, (0.0, 2.0), (0.0, 2.0)).unwrap_err();
        assert_eq!(error.to_string(), "mask is 3 values, needed 2x2 of them, 1 at least");
        assert!(evidence_share(&[], (0, 7), region, (0.0, 2.0), (0.0, 2.0)).is_err());
    }
}
