//! Logits to predictions.

use crate::order;

/// One class of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Class index.
    pub class: u32,
    /// Logit of the class.
    pub logit: f32,
    /// Softmax probability, 0 to 1.
    pub probability: f32,
}

/// Softmax, with the maximum subtracted first so that no logit overflows, summed in `f64`.
#[must_use]
pub fn probabilities(logits: &[f32]) -> Vec<f32> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exp: Vec<f64> = logits.iter().map(|&l| f64::from(l - max).exp()).collect();
    let sum: f64 = exp.iter().sum();
    exp.iter().map(|e| (e / sum) as f32).collect()
}

/// The `k` likeliest classes, best first; the lower index wins a tie.
#[must_use]
pub fn top(logits: &[f32], k: usize) -> Vec<Prediction> {
    let probabilities = probabilities(logits);
    let unlikeliness: Vec<f64> = logits.iter().map(|&logit| -f64::from(logit)).collect();
    let mut classes: Vec<u32> = (0..).take(logits.len()).collect();
    order::by_rising(&unlikeliness, &mut classes);
    let predicted = |class: u32| Prediction {
        class,
        logit: logits[class as usize],
        probability: probabilities[class as usize],
    };
    classes.into_iter().take(k).map(predicted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tolerance for the sum of `f32` probabilities.
    const ROUNDING: f32 = 1e-6;

    #[test]
    fn probabilities_sum_to_one() {
        for logits in [&[0.0][..], &[1.0, 2.0, 3.0], &[-7.0, 0.5, 0.5, 12.0], &[0.0; 1000]] {
            let sum: f32 = probabilities(logits).iter().sum();
            assert!((sum - 1.0).abs() <= ROUNDING * logits.len() as f32, "{logits:?}: {sum}");
        }
        assert!(probabilities(&[]).is_empty());
    }

    #[test]
    fn softmax_by_hand() {
        // e^0 : e^ln(3) = 1 : 3
        let p = probabilities(&[0.0, 3.0f32.ln()]);
        assert!((p[0] - 0.25).abs() <= ROUNDING && (p[1] - 0.75).abs() <= ROUNDING, "{p:?}");
    }

    #[test]
    fn big_logits_do_not_overflow() {
        assert_eq!(probabilities(&[1e30, 1e30, -1e30]), [0.5, 0.5, 0.0]);
        assert_eq!(probabilities(&[f32::MAX, f32::MIN]), [1.0, 0.0]);
        assert_eq!(probabilities(&[-1e30; 4]), [0.25; 4]);
    }

    #[test]
    fn top_is_sorted_and_the_lower_index_wins_a_tie() {
        let classes = |logits: &[f32], k| top(logits, k).iter().map(|p| p.class).collect::<Vec<_>>();
        assert_eq!(classes(&[1.0, 3.0, 2.0], 2), [1, 2]);
        assert_eq!(classes(&[1.0, 3.0, 2.0, 3.0, 3.0], 4), [1, 3, 4, 2]);
        assert_eq!(classes(&[5.0, 5.0], 9), [0, 1]);
        assert!(classes(&[1.0], 0).is_empty() && classes(&[], 5).is_empty());
    }

    #[test]
    fn a_prediction_is_of_its_class() {
        let logits = [0.5, -1.0, 4.0];
        let p = probabilities(&logits);
        for prediction in top(&logits, 3) {
            let class = prediction.class as usize;
            assert_eq!((prediction.logit, prediction.probability), (logits[class], p[class]));
        }
    }
}
