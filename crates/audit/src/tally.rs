//! Counts of the masks of an audit, for one line of every report.

use std::collections::BTreeMap;

use crate::mask::Rule;
use crate::words::{count, some};

/// The outcome of reading the mask of one photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The photo has no mask.
    None,
    /// The mask was read.
    Read {
        /// The rule that decided what is inside.
        rule: Rule,
        /// Whether its size differs from the photo's, with the same proportions.
        scaled: bool,
        /// Whether any pixel is inside; otherwise it counts as no mask.
        marked: bool,
    },
    /// It is unclear which mask belongs to the photo.
    Doubtful,
    /// The mask could not be read, or does not fit the photo.
    Refused,
}

/// Counts of masks by outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Number of photos.
    pub photos: usize,
    /// Number of photos with a mask in which something is inside.
    pub marked: usize,
    /// Photos whose mask has nothing inside.
    pub blank: Vec<String>,
    /// Photos with several masks, or with one that fits another photo too.
    pub doubtful: Vec<String>,
    /// Photos whose mask could not be read or does not fit.
    pub refused: Vec<String>,
    /// Number of marked photos whose mask has another size than the photo.
    pub scaled: usize,
    /// Number of masks read by each rule.
    pub rules: BTreeMap<Rule, usize>,
    /// Masks that belong to no photo.
    pub unused: Vec<String>,
}

impl Tally {
    /// Adds a photo.
    pub fn add(&mut self, photo: &str, outcome: &Outcome) {
        self.photos += 1;
        match outcome {
            Outcome::None => {}
            Outcome::Doubtful => self.doubtful.push(photo.to_owned()),
            Outcome::Refused => self.refused.push(photo.to_owned()),
            Outcome::Read { marked: false, .. } => self.blank.push(photo.to_owned()),
            &Outcome::Read { rule, scaled, .. } => {
                self.marked += 1;
                self.scaled += usize::from(scaled);
                *self.rules.entry(rule).or_default() += 1;
            }
        }
    }

    /// The counts on one line: `masks: 12 of 16 photos have one (white is inside); 1 has nothing inside and
    /// is none: a.jpg`.
    #[must_use]
    pub fn words(&self) -> String {
        let rules: Vec<String> = match self.rules.iter().collect::<Vec<_>>().as_slice() {
            [(rule, _)] => vec![rule.to_string()],
            several => several.iter().map(|(rule, amount)| format!("{rule} in {amount}")).collect(),
        };
        let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
        let mut parts = vec![format!(
            "masks: {} of {} {} one{rules}",
            self.marked,
            count(self.photos, "photo"),
            if self.marked == 1 { "has" } else { "have" }
        )];
        if self.scaled > 0 {
            parts.push(format!("{} of another size than the photo, laid over the whole of it", self.scaled));
        }
        for (names, one, more) in [
            (&self.blank, "has nothing inside and is none", "have nothing inside and are none"),
            (&self.doubtful, "could be several", "could be several"),
            (&self.refused, "was refused", "were refused"),
        ] {
            if !names.is_empty() {
                parts.push(format!(
                    "{} {}: {}",
                    names.len(),
                    if names.len() == 1 { one } else { more },
                    some(names)
                ));
            }
        }
        if !self.unused.is_empty() {
            let verb = if self.unused.len() == 1 { "belongs" } else { "belong" };
            parts.push(format!("{} {verb} to no photo: {}", self.unused.len(), some(&self.unused)));
        }
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_it_all() {
        let mut tally = Tally::default();
        let read = |rule, marked| Outcome::Read { rule, scaled: false, marked };
        tally.add("a", &read(Rule::White, true));
        assert_eq!(tally.words(), "masks: 1 of 1 photo has one (white is inside)");
        tally.add("b", &Outcome::None);
        tally.add("c", &read(Rule::White, false));
        tally.add("d", &Outcome::Refused);
        tally.add("e", &Outcome::Doubtful);
        tally.add("f", &Outcome::Read { rule: Rule::Palette, scaled: true, marked: true });
        tally.unused.push("g.png".into());
        assert_eq!(
            tally.words(),
            "masks: 2 of 6 photos have one (white is inside in 1, every palette index but 0 is inside in 1); 1 of another size than the photo, laid over the \
             whole of it; 1 has nothing inside and is none: c; 1 could be several: e; 1 was refused: d; 1 belongs to no photo: g.png"
        );
    }
}
