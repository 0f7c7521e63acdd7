//! Sorting places by values that lie elsewhere: once for all who need it, because every sort that is compiled adds several
//! kilobytes to what a page fetches.

/// Sorts places in `keys` so that their keys rise; those of equal keys stay in the order in which they came.
pub(crate) fn by_rising(keys: &[f64], places: &mut [u32]) {
    places.sort_by(|&a, &b| keys[a as usize].total_cmp(&keys[b as usize]));
}
