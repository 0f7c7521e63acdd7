//! How far a mean over few photos can be trusted: the bootstrap's percentile interval (Efron 1979; Efron & Tibshirani 1993, chapter 13).

use fastrand::Rng;

use crate::draw::below;

/// So many times the photos are drawn anew.
const DRAWS: usize = 2000;

/// Half of what lies outside of a 95 % interval.
const TAIL: f64 = 0.025;

/// The interval in which the mean of these values lies in 95 of 100 sets of photos like these; for the same values and seed always the same.
/// None where there are none.
#[must_use]
pub fn interval(values: &[f64], seed: u64) -> Option<[f64; 2]> {
    if values.is_empty() {
        return None;
    }
    let mut rng = Rng::with_seed(seed);
    let mut draw = || values[below(&mut rng, values.len())];
    let mut mean = || values.iter().map(|_| draw()).sum::<f64>() / values.len() as f64;
    let mut means: Vec<f64> = (0..DRAWS).map(|_| mean()).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((DRAWS - 1) as f64 * share).round() as usize];
    Some([at(TAIL), at(1.0 - TAIL)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The normal approximation of a mean's interval, 1.96 standard errors to each side, is a hundredth off for so many coins.
    #[test]
    fn of_many_coins_as_the_normal_distribution_says() {
        let coins: Vec<f64> = (0..1000).map(|i| f64::from(u8::from(i % 4 == 0))).collect();
        let [low, high] = interval(&coins, 1).unwrap_or_default();
        let error = 1.96 * (0.25_f64 * 0.75 / 1000.0).sqrt();
        assert!((low - (0.25 - error)).abs() < 3e-3 && (high - (0.25 + error)).abs() < 3e-3, "{low} {high}");
    }

    #[test]
    fn of_one_value_and_of_none() {
        assert_eq!(interval(&[0.5], 1), Some([0.5, 0.5]));
        assert_eq!(interval(&[], 1), None);
    }
}
