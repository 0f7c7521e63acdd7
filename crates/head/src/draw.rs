//! Random choices that are the same on every machine. fastrand's own, of a `usize`, take other numbers where that has 32 bits, as in wasm.

use fastrand::Rng;

/// A number below `bound`, which is not 0.
pub(crate) fn below(rng: &mut Rng, bound: usize) -> usize {
    rng.u64(..bound as u64) as usize
}

/// Any order of these, each as likely as the others (Fisher & Yates 1938).
pub(crate) fn shuffle<T>(rng: &mut Rng, items: &mut [T]) {
    for last in 1..items.len() {
        items.swap(last, below(rng, last + 1));
    }
}
