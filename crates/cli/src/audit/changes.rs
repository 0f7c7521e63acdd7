//! Comparison of the rows of an earlier audit with the present files.

use std::collections::BTreeMap;

use candling_audit::words::count;
use serde::Serialize;

use super::row::{FORMAT, Fingerprint, Row};

/// The reason why a row of an earlier audit is not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    Photo,
    Mask,
    Fit,
    Layer,
    MaskValue,
    Format,
    Failed,
    Line,
}

impl Change {
    /// Returns why a row is out of date for a photo of this fingerprint, or `None` if it is not.
    pub fn of(row: &Row, now: &Fingerprint) -> Option<Self> {
        let (then, settings) = (&row.print, &row.print.settings);
        let changes = [
            (settings.format != FORMAT, Self::Format),
            (then.photo != now.photo, Self::Photo),
            (then.mask != now.mask, Self::Mask),
            (settings.fit != now.settings.fit, Self::Fit),
            (settings.layer != now.settings.layer, Self::Layer),
            (settings.mask_value != now.settings.mask_value, Self::MaskValue),
            // it may be readable by now
            (!row.error.is_empty(), Self::Failed),
        ];
        changes.into_iter().find_map(|(is_so, change)| is_so.then_some(change))
    }

    fn words(self) -> &'static str {
        match self {
            Self::Photo => "the photo is another",
            Self::Mask => "the mask is another",
            Self::Fit => "another --fit",
            Self::Layer => "another --layer",
            Self::MaskValue => "another --mask-value",
            Self::Format => "another version of the CSV",
            Self::Failed => "could not be looked at",
            Self::Line => "the line was changed or cut off",
        }
    }
}

/// The origin of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The photo was not in the earlier audit.
    New,
    TakenOver,
    Redone(Change),
}

/// The result of resuming an earlier audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Resumed {
    pub taken_over: usize,
    pub redone: BTreeMap<Change, usize>,
    pub new: usize,
    /// Rows of photos that no longer exist or are now left out.
    pub gone: usize,
    /// The page of the earlier audit, if that of this one replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewed: Option<String>,
}

impl Resumed {
    pub fn add(&mut self, origin: Origin) {
        match origin {
            Origin::New => self.new += 1,
            Origin::TakenOver => self.taken_over += 1,
            Origin::Redone(change) => *self.redone.entry(change).or_default() += 1,
        }
    }

    pub fn words(&self) -> String {
        let mut parts =
            vec![format!("{} taken over from the earlier audit", count(self.taken_over, "photo"))];
        if !self.redone.is_empty() {
            let why: Vec<String> =
                self.redone.iter().map(|(change, amount)| format!("{}: {amount}", change.words())).collect();
            parts.push(format!("{} done again ({})", self.redone.values().sum::<usize>(), why.join(", ")));
        }
        if self.new > 0 {
            parts.push(format!("{} not in it", self.new));
        }
        if self.gone > 0 {
            parts.push(format!(
                "{} in it, of photos that are gone or left out now, dropped",
                count(self.gone, "line")
            ));
        }
        parts.extend(self.renewed.iter().map(|page| format!("{page} made anew")));
        format!("resumed: {}", parts.join("; "))
    }
}
