//! Whether two maps agree on what matters more, whatever their scales.

use crate::order;

/// Spearman's rank correlation of the magnitudes of two maps, −1 to 1: the correlation of their ranks, values
/// that are equal having the mean of theirs. `None` where there is no order to compare: one of them is
/// constant in magnitude, not finite, or of another length.
#[must_use]
pub fn rank_correlation(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.len() != b.len() || a.iter().chain(b).any(|v| !v.is_finite()) {
        return None;
    }
    let (a, b) = (centred_ranks(a), centred_ranks(b));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    // Ranks are halves of whole numbers, so that up to some 200 000 values all sums are exact, and a map's
    // correlation with itself is 1.
    let (variances, covariance) = (dot(&a, &a) * dot(&b, &b), dot(&a, &b));
    (variances > 0.0).then(|| covariance / variances.sqrt())
}

/// Each magnitude's rank, minus the mean of all ranks.
fn centred_ranks(values: &[f32]) -> Vec<f64> {
    let magnitudes: Vec<f64> = values.iter().map(|&value| f64::from(value.abs())).collect();
    let mut order: Vec<u32> = (0..).take(values.len()).collect();
    order::by_rising(&magnitudes, &mut order);
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&i, &j| magnitudes[i as usize] == magnitudes[j as usize]) {
        let rank = before as f64 + (equal.len() as f64 - 1.0) / 2.0;
        equal.iter().for_each(|&i| ranks[i as usize] = rank - middle);
        before += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tolerance for sums that are exact before their root and quotient.
    const ROUNDING: f64 = 1e-15;

    /// scipy 1.17.1: `spearmanr(abs(a), abs(b)).statistic`.
    #[test]
    fn ties_and_signs_as_in_scipy() {
        let a = [0.0, 0.0, 3.0, -1.0, 2.0, 2.0, -2.0, 5.0, 0.5, -4.0];
        let b = [1.0, 0.0, -2.0, 2.0, 2.0, 7.0, 0.0, -3.0, 0.25, 6.0];
        let correlation = rank_correlation(&a, &b).unwrap_or(f64::NAN);
        assert!((correlation - 0.659_374_999_999_999_9).abs() <= ROUNDING, "{correlation}");
        assert_eq!(rank_correlation(&b, &a), Some(correlation));
    }

    #[test]
    fn a_map_is_itself_at_any_scale_and_its_reverse_is_its_opposite() {
        let map: Vec<f32> = (0..150_528).map(|i| ((i * 7919) % 50_021) as f32 - 9.0).collect();
        let scaled: Vec<f32> = map.iter().map(|v| v * -3.0).collect();
        assert_eq!(rank_correlation(&map, &map), Some(1.0));
        assert_eq!(rank_correlation(&map, &scaled), Some(1.0));
        let falling: Vec<f32> = (1..9).rev().map(|v| v as f32).collect();
        let rising: Vec<f32> = (1..9).map(|v| v as f32).collect();
        assert_eq!(rank_correlation(&rising, &falling), Some(-1.0));
    }

    #[test]
    fn without_an_order_there_is_none() {
        let map = [1.0, 2.0, 3.0];
        for other in
            [&[0.0; 3][..], &[2.0, -2.0, 2.0], &[1.0, f32::NAN, 2.0], &[1.0, f32::INFINITY, 2.0], &[1.0, 2.0]]
        {
            assert_eq!(rank_correlation(&map, other), None, "{other:?}");
            assert_eq!(rank_correlation(other, &map), None, "{other:?}");
        }
        assert_eq!(rank_correlation(&[], &[]), None);
    }
}
