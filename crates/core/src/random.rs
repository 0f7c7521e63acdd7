//! Random numbers that are the same for the same seed, on every machine.

use fastrand::Rng;

/// Returns `count` random permutations of `0..len`.
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
        // from (0, 1], whose logarithm is finite
        let radius = deviation * (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * rng.f64()).sin_cos();
        values.extend([cos, sin].map(|side| ((mean + radius * side) as f32).clamp(f32::MIN, f32::MAX)));
    }
    values.truncate(len);
    values
}

/// Normal random numbers with the same bits on every machine: only `+ − × ÷ √` in `f64`, in the order
/// written. Draws come from SplitMix64 (Steele et al. 2014):
///
/// ```text
/// next:  state += 0x9E3779B97F4A7C15;  z = state
///        z = (z ^ z >> 30) · 0xBF58476D1CE4E5B9;  z = (z ^ z >> 27) · 0x94D049BB133111EB;  z ^ z >> 31      (modulo 2⁶⁴)
/// side:  2 · (next >> 11) · 2⁻⁵³ − 1
/// ```
///
/// A stream begins with `state` = draw number `stream` (from 0) of a generator whose state is the seed. Two
/// values `u`, `v` are drawn until `s = u·u + v·v` is above 0 and below 1; then `u·f` and `v·f` are the next
/// two numbers, `f = √(−2 · ln s / s)` (Marsaglia's polar method). The logarithm, whose last bits differ
/// between machines, is computed as a sum: halve or double `s` to `m · 2ᵉ` with `m` in [0.5, 1), `t = (m − 1)
/// / (m + 1)`, and `ln s = e · 0.6931471805599453 + 2 · Σ tᵏ / k` over odd `k` from 39 down to 1, smallest
/// terms first, as `p = t·t·p + 1/k` from `p = 0`, then `2·t·p`.
pub(crate) struct Noise {
    state: u64,
    /// The second number of a pair, if it was not used yet.
    second: Option<f64>,
}

impl Noise {
    /// Creates a stream of a seed.
    pub(crate) fn of(seed: u64, stream: u64) -> Self {
        let mut noise = Self { state: seed.wrapping_add(stream.wrapping_mul(STEP)), second: None };
        noise.state = noise.draw();
        noise
    }

    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let z = (self.state ^ self.state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn side(&mut self) -> f64 {
        2.0 * ((self.draw() >> 11) as f64 / 9_007_199_254_740_992.0) - 1.0
    }
}

/// Increment of SplitMix64's state.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Iterator for Noise {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        if let Some(second) = self.second.take() {
            return Some(second);
        }
        loop {
            let (u, v) = (self.side(), self.side());
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * logarithm(s) / s).sqrt();
                self.second = Some(v * factor);
                return Some(u * factor);
            }
        }
    }
}

/// `ln s` of a number above 0, as described at [`Noise`].
fn logarithm(s: f64) -> f64 {
    let (mut m, mut e) = (s, 0.0);
    while m < 0.5 {
        (m, e) = (2.0 * m, e - 1.0);
    }
    while m >= 1.0 {
        (m, e) = (m / 2.0, e + 1.0);
    }
    let t = (m - 1.0) / (m + 1.0);
    let p = (1..=39).rev().step_by(2).fold(0.0, |p, k| t * t * p + 1.0 / f64::from(k));
    e * std::f64::consts::LN_2 + 2.0 * t * p
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of values, for which the standard error of the mean is 1e-3.
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

    /// SplitMix64's first draws of the seed 1234567, as its authors' code gives them.
    #[test]
    fn noise_is_drawn_by_splitmix() {
        let mut noise = Noise { state: 1_234_567, second: None };
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([noise.draw(), noise.draw(), noise.draw()], expected);
        let mut seed = Noise { state: 5, second: None };
        let states = [seed.draw(), seed.draw(), seed.draw()];
        assert_eq!([0, 1, 2].map(|stream| Noise::of(5, stream).state), states);
    }

    #[test]
    fn noise_is_normal_and_its_logarithm_one() {
        let mean = |f: &dyn Fn(f64) -> f64| Noise::of(7, 3).take(MANY).map(f).sum::<f64>() / MANY as f64;
        assert!(mean(&|z| z).abs() < SAMPLING);
        assert!((mean(&|z| z * z) - 1.0).abs() < SAMPLING);
        assert!((mean(&|z| f64::from(z.abs() < 1.0)) - 0.682_689).abs() < SAMPLING);
        for s in [1e-300, 0.1, 0.5, 0.700_1, 0.999_999, 1.0, 3.0] {
            assert!((logarithm(s) - s.ln()).abs() <= 1e-15 * (1.0 + s.ln().abs()), "ln {s}");
        }
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
