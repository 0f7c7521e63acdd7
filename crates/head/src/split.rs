//! Splitting of examples into training and held-out ones.

use fastrand::Rng;

use crate::draw::shuffle;

/// Returns for each example whether it is held out: the `share` (0 to 1) of each class, rounded, but never
/// all of it; none of a class with one example. The same for the same labels and seed.
#[must_use]
pub fn split(labels: &[u32], share: f64, seed: u64) -> Vec<bool> {
    let mut held_out = vec![false; labels.len()];
    let mut classes = labels.to_vec();
    classes.sort_unstable();
    classes.dedup();
    let mut rng = Rng::with_seed(seed);
    for class in classes {
        let mut members: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == class).collect();
        shuffle(&mut rng, &mut members);
        let count = (members.len() as f64 * share.clamp(0.0, 1.0)).round() as usize;
        for &member in members.iter().take(count.min(members.len() - 1)) {
            held_out[member] = true;
        }
    }
    held_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_keeps_its_share_and_one_example_at_least() {
        let labels: Vec<u32> = (0..40).map(|i| u32::from(i >= 30)).chain([2]).collect();
        let held_out = split(&labels, 0.3, 7);
        let of = |class| (0..labels.len()).filter(|&i| labels[i] == class && held_out[i]).count();
        assert_eq!([of(0), of(1), of(2)], [9, 3, 0]);
        assert_eq!(held_out, split(&labels, 0.3, 7));
        assert_ne!(held_out, split(&labels, 0.3, 8));
        assert_eq!(split(&labels, 1.0, 7).iter().filter(|&&out| out).count(), 41 - 3);
    }
}
