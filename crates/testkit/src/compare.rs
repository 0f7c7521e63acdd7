//! Distances between two lists of numbers.

/// `max |a − b| / max |b|`, the error relative to the largest expected value; 0 for two lists of zeros.
///
/// # Panics
/// If the lengths differ.
#[must_use]
pub fn relative_to_max(actual: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(actual.len(), expected.len(), "lengths differ");
    let max = expected.iter().map(|v| f64::from(v.abs())).fold(0.0, f64::max);
    let error = max_difference(actual, expected);
    if error == 0.0 { 0.0 } else { error / max }
}

/// `max |a − b|`; infinite if either side has a NaN.
///
/// # Panics
/// If the lengths differ.
#[must_use]
pub fn max_difference(actual: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(actual.len(), expected.len(), "lengths differ");
    let apart = |(&a, &b): (&f32, &f32)| {
        let d = (f64::from(a) - f64::from(b)).abs();
        if d.is_nan() { f64::INFINITY } else { d }
    };
    actual.iter().zip(expected).map(apart).fold(0.0, f64::max)
}

/// `‖a − b‖₂ / ‖b‖₂`.
///
/// # Panics
/// If the lengths differ.
#[must_use]
pub fn relative_l2(actual: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(actual.len(), expected.len(), "lengths differ");
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|d| d * d).sum::<f64>().sqrt();
    let pairs = actual.iter().zip(expected);
    let error = norm(&mut pairs.map(|(&a, &b)| f64::from(a) - f64::from(b)));
    let scale = norm(&mut expected.iter().map(|&b| f64::from(b)));
    if error == 0.0 {
        0.0
    } else if error.is_nan() {
        f64::INFINITY
    } else {
        error / scale
    }
}
