//! Random choices that are the same on every machine. `fastrand` draws other numbers for a `usize` of 32
//! bits, as in wasm.

use fastrand::Rng;

/// A random number below `bound`, which must not be 0.
pub(crate) fn below(rng: &mut Rng, bound: usize) -> usize {
    rng.u64(..bound as u64) as usize
}

/// Shuffles the values; all orders are equally likely (Fisher & Yates 1938).
pub(crate) fn shuffle<T>(rng: &mut Rng, items: &mut [T]) {
    for last in 1..items.len() {
        items.swap(last, below(rng, last + 1));
    }
}
