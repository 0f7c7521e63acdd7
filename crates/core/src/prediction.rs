//! Logits to predictions.

/// One class of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Class index.
    pub class: u32,
    /// Its logit.
    pub logit: f32,
    /// Its softmax probability, 0 to 1.
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
    let mut all: Vec<Prediction> = (0u32..)
        .zip(logits.iter().zip(probabilities(logits)))
        .map(|(class, (&logit, probability))| Prediction { class, logit, probability })
        .collect();
    all.sort_by(|a, b| b.logit.total_cmp(&a.logit).then(a.class.cmp(&b.class)));
    all.truncate(k);
    all
}
