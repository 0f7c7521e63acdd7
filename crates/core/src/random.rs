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

/// `len` values drawn from a normal distribution (Box & Muller 1958).
pub(crate) fn normal(len: usize, mean: f64, deviation: f64, rng: &mut Rng) -> Vec<f32> {
    let mut values = Vec::with_capacity(len + 1);
    while values.len() < len {
        // of (0, 1], whose logarithm is finite
        let radius = deviation * (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * rng.f64()).sin_cos();
        values.extend([(mean + radius * cos) as f32, (mean + radius * sin) as f32]);
    }
    values.truncate(len);
    values
}
