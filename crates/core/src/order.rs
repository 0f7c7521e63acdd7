//! Indirect sorting, in one place: every instance of a sort adds several kilobytes to what a page fetches.

/// Sorts indices into `keys` by rising key; stable.
pub(crate) fn by_rising(keys: &[f64], places: &mut [u32]) {
    places.sort_by(|&a, &b| keys[a as usize].total_cmp(&keys[b as usize]));
}
