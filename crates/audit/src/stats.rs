//! Confidence intervals for means over few photos.
//!
//! Shares of right answers get Wilson's score interval (Wilson 1927; Brown, Cai & DasGupta 2001), which is
//! honest even if all answers are right; mean shares of evidence get the bootstrap percentile interval (Efron
//! 1979; Efron & Tibshirani 1993, chapter 13). Both are 95 % intervals.

use fastrand::Rng;

/// Least number of values for an interval. Below, it would span nearly everything, or rest on a guess about
/// the distribution.
pub const HANDFUL: usize = 5;

/// The explanation of the Wilson interval, in one sentence.
pub const WILSON: &str = "For shares of right answers the brackets hold Wilson's 95 % interval: every share of right answers that such a count would not speak against.";

/// The explanation of the bootstrap interval, in one sentence.
pub const BOOTSTRAP: &str = "For evidence the brackets hold the middle 95 % of the means of 2,000 sets, each drawn anew from these same photos (bootstrap): how much the mean \
                             hangs on which photos happen to be here, not what photos of another kind would give.";

/// The explanation why an interval is missing, in one sentence.
pub const TOO_FEW: &str = "Below five photos, and where all measured values are alike, there is no interval.";

/// Number of bootstrap resamples.
const DRAWS: usize = 2000;

/// Probability of each tail outside a 95 % interval.
const TAIL: f64 = 0.025;

/// The standard normal distribution's quantile at `1 - TAIL`.
const NORMAL: f64 = 1.959_963_984_540_054;

/// A mean with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Lower and upper bound; none below [`HANDFUL`] values, nor for shares of evidence that are all equal.
    pub interval: Option<[f64; 2]>,
    /// Number of values.
    pub count: usize,
}

impl Mean {
    /// The share of right answers with Wilson's interval; `None` without answers.
    #[must_use]
    pub fn of_answers(right: usize, of: usize) -> Option<Self> {
        (of > 0 && right <= of).then(|| Self {
            mean: right as f64 / of as f64,
            interval: wilson(right, of),
            count: of,
        })
    }

    /// The mean of shares, 0 to 1, with the bootstrap interval, which is always the same for the same values
    /// and seed; `None` without values.
    #[must_use]
    pub fn of_shares(values: &[f64], seed: u64) -> Option<Self> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (!values.is_empty()).then(|| Self { mean, interval: bootstrap(values, seed), count: values.len() })
    }

    /// The mean as text: `92.3 % (66.7 to 98.6)`; without an interval `92.3 % (of 3)`.
    #[must_use]
    pub fn words(&self) -> String {
        let of = match self.interval {
            Some([low, high]) => format!("{:.1} to {:.1}", 100.0 * low, 100.0 * high),
            None => format!("of {}", self.count),
        };
        format!("{:.1} % ({of})", 100.0 * self.mean)
    }
}

/// Wilson's score interval for a share of right answers; `None` below [`HANDFUL`] answers.
#[must_use]
pub fn wilson(right: usize, of: usize) -> Option<[f64; 2]> {
    if of < HANDFUL || right > of {
        return None;
    }
    let (n, share) = (of as f64, right as f64 / of as f64);
    let z2 = NORMAL * NORMAL;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = NORMAL / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // if none or all are right, one bound is exact
    let low = if right == 0 { 0.0 } else { centre - half };
    let high = if right == of { 1.0 } else { centre + half };
    Some([low, high])
}

/// The bootstrap percentile interval of a mean; `None` below [`HANDFUL`] values, or if all are equal, since
/// then every resample is too.
#[must_use]
pub fn bootstrap(values: &[f64], seed: u64) -> Option<[f64; 2]> {
    let first = *values.first()?;
    if values.len() < HANDFUL || values.iter().all(|&value| value == first) {
        return None;
    }
    let mut rng = Rng::with_seed(seed);
    // `fastrand` draws other numbers for a `usize` of 32 bits, as in wasm
    let mut draw = || values[rng.u64(..values.len() as u64) as usize];
    let mut mean = || values.iter().map(|_| draw()).sum::<f64>() / values.len() as f64;
    let mut means: Vec<f64> = (0..DRAWS).map(|_| mean()).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((DRAWS - 1) as f64 * share).round() as usize];
    Some([at(TAIL), at(1.0 - TAIL)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right answers, their total, and the interval of statsmodels 0.14 (`proportion_confint(right, of,
    /// method="wilson")`). 81 of 263 and 15 of 148 are examples of Newcombe (1998), Two-sided confidence
    /// intervals for the single proportion, table I: 0.2553 to 0.3662, and 0.0624 to 0.1605.
    const PUBLISHED: [(usize, usize, [f64; 2]); 9] = [
        (0, 5, [0.0, 0.434_482_464_783_174_87]),
        (5, 5, [0.565_517_535_216_825_2, 1.0]),
        (3, 5, [0.230_724_281_276_012_9, 0.882_379_225_767_352_2]),
        (16, 16, [0.806_392_319_465_563_3, 1.0]),
        (9, 10, [0.595_849_973_204_761_4, 0.982_123_786_904_927]),
        (81, 263, [0.255_288_519_878_274_2, 0.366_209_576_982_800_04]),
        (15, 148, [0.062_386_399_530_736_28, 0.160_487_241_723_308_03]),
        (1, 29, [0.006_113_214_292_762_667, 0.171_755_218_793_202_93]),
        (999, 1000, [0.994_357_441_402_042_1, 0.999_823_453_629_373_9]),
    ];

    /// A few roundings of `f64` numbers up to 1.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn wilson_as_statsmodels_has_it() {
        for (right, of, expected) in PUBLISHED {
            let found = wilson(right, of).unwrap_or_default();
            assert!(
                (0..2).all(|side| (found[side] - expected[side]).abs() < ROUNDING),
                "{right} of {of}: {found:?}"
            );
        }
    }

    #[test]
    fn all_of_sixteen_is_no_certainty() {
        assert_eq!(Mean::of_answers(16, 16).map(|all| all.words()), Some("100.0 % (80.6 to 100.0)".into()));
        assert_eq!(Mean::of_answers(0, 16).map(|none| none.words()), Some("0.0 % (0.0 to 19.4)".into()));
        assert_eq!(Mean::of_answers(1, 1).map(|one| one.words()), Some("100.0 % (of 1)".into()));
        assert_eq!(Mean::of_answers(4, 4).and_then(|four| four.interval), None);
        assert_eq!(Mean::of_answers(0, 0), None);
    }

    /// The normal approximation, 1.96 standard errors to each side, is off by about a hundredth for this many
    /// coins.
    #[test]
    fn of_many_coins_as_the_normal_distribution_says() {
        let coins: Vec<f64> = (0..1000).map(|i| f64::from(u8::from(i % 4 == 0))).collect();
        let [low, high] = bootstrap(&coins, 1).unwrap_or_default();
        let error = 1.96 * (0.25_f64 * 0.75 / 1000.0).sqrt();
        assert!((low - (0.25 - error)).abs() < 3e-3 && (high - (0.25 + error)).abs() < 3e-3, "{low} {high}");
    }

    #[test]
    fn of_few_values_and_of_values_that_are_alike_there_is_no_interval() {
        assert_eq!(bootstrap(&[0.1, 0.2, 0.3, 0.4], 1), None);
        assert!(bootstrap(&[0.1, 0.2, 0.3, 0.4, 0.5], 1).is_some());
        assert_eq!(bootstrap(&[1.0; 40], 1), None);
        assert_eq!(Mean::of_shares(&[], 1), None);
        assert_eq!(Mean::of_shares(&[1.0; 40], 1).map(|mean| mean.words()), Some("100.0 % (of 40)".into()));
    }
}
