//! Random numbers that are the same for the same seed, on every machine.

use fastrand::Rng;

/// So many random permutations of `0..len`.
pub(crate) fn orders(len: usize, count: usize, seed: u64) -> Vec<Vec<u32>> {
    let mut rng = Rng::with_seed(seed);
    let mut order = || {
        let mut order: Vec<u32> = (0..).take(len).collect();
        rng.shuffle(&mut order);
        order
    };
    (0..count).map(|_| order()).collect()
}

/// `len` values drawn evenly from [−1, 1).
pub(crate) fn uniform(len: usize, seed: u64) -> Vec<f32> {
    let mut rng = Rng::with_seed(seed);
    (0..len).map(|_| 2.0 * rng.f32() - 1.0).collect()
}

/// `len` values drawn from a normal distribution (Box & Muller 1958); those beyond `f32` are its largest.
pub(crate) fn normal(len: usize, mean: f64, deviation: f64, rng: &mut Rng) -> Vec<f32> {
    let mut values = Vec::with_capacity(len + 1);
    while values.len() < len {
        // of (0, 1], whose logarithm is finite
        let radius = deviation * (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * rng.f64()).sin_cos();
        values.extend([cos, sin].map(|side| ((mean + radius * side) as f32).clamp(f32::MIN, f32::MAX)));
    }
    values.truncate(len);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many values that their mean is off by a standard error of 1e-3.
    const MANY: usize = 1_000_000;

    /// Five standard errors of the mean; that of the deviation is smaller.
    const SAMPLING: f64 = 5e-3;

    #[test]
    fn a_normal_distribution_has_its_moments_and_its_middle() {
        let values = normal(MANY, 3.0, 2.0, &mut Rng::with_seed(5));
        let z: Vec<f64> = values.iter().map(|&v| (f64::from(v) - 3.0) / 2.0).collect();
        let mean = |f: &dyn Fn(f64) -> f64| z.iter().map(|&z| f(z)).sum::<f64>() / MANY as f64;
        assert!(mean(&|z| z).abs() < SAMPLING);
        assert!((mean(&|z| z * z) - 1.0).abs() < SAMPLING);
        // Φ(1) − Φ(−1)
        assert!((mean(&|z| f64::from(z.abs() < 1.0)) - 0.682_689).abs() < SAMPLING);
        assert!(mean(&|z| z.powi(3)).abs() < 4.0 * SAMPLING, "E z⁶ = 15");
    }

    #[test]
    fn no_spread_gives_the_mean_and_too_much_the_largest() {
        assert_eq!(normal(3, 0.25, 0.0, &mut Rng::with_seed(1)), [0.25; 3]);
        let wide = normal(64, 0.0, 1e300, &mut Rng::with_seed(1));
        assert!(wide.iter().all(|v| v.abs() == f32::MAX));
        assert!(normal(0, 0.0, 1.0, &mut Rng::with_seed(1)).is_empty());
    }

    #[test]
    fn orders_are_permutations_and_differ() {
        let found = orders(50, 3, 7);
        for order in &found {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..50));
        }
        assert!(found[0] != found[1] && found[1] != found[2] && found[0] != found[2]);
        assert_eq!(found, orders(50, 3, 7));
    }

    #[test]
    fn uniform_values_fill_their_range() {
        let values = uniform(MANY, 1);
        let (low, high) = values.iter().fold((f32::MAX, f32::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        assert!((-1.0..-0.999).contains(&low) && (0.999..1.0).contains(&high), "{low} to {high}");
    }
}
