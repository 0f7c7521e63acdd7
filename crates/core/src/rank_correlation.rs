//! Whether two maps agree on what matters more, whatever their scales.

/// Spearman's rank correlation of the magnitudes of two maps, −1 to 1: the correlation of their ranks, values that are equal having
/// the mean of theirs. `None` where there is no order to compare: one of them is constant in magnitude, not finite, or of another length.
#[must_use]
pub fn rank_correlation(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.len() != b.len() || a.iter().chain(b).any(|v| !v.is_finite()) {
        return None;
    }
    let (a, b) = (centred_ranks(a), centred_ranks(b));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    // Ranks are halves of whole numbers, so that up to some 200 000 values all sums are exact, and a map's correlation with
    // itself is 1.
    let (variances, covariance) = (dot(&a, &a) * dot(&b, &b), dot(&a, &b));
    (variances > 0.0).then(|| covariance / variances.sqrt())
}

/// Each magnitude's rank, minus the mean of all ranks.
fn centred_ranks(values: &[f32]) -> Vec<f64> {
    let magnitude = |i: u32| values[i as usize].abs();
    let mut order: Vec<u32> = (0..).take(values.len()).collect();
    order.sort_unstable_by(|&i, &j| magnitude(i).total_cmp(&magnitude(j)));
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&i, &j| magnitude(i) == magnitude(j)) {
        let rank = before as f64 + (equal.len() as f64 - 1.0) / 2.0;
        equal.iter().for_each(|&i| ranks[i as usize] = rank - middle);
        before += equal.len();
    }
    ranks
}
