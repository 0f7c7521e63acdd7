//! Whether what an earlier audit found of a photo still holds.

use std::collections::BTreeMap;

use candling_audit::words::count;
use serde::Serialize;

use super::row::{FORMAT, Fingerprint, Row};

/// Why a row of an earlier audit is not taken over.
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
    /// Why this row does not hold for a photo of this fingerprint; none where it does.
    pub fn of(row: &Row, now: &Fingerprint) -> Option<Self> {
        let (then, settings) = (&row.print, &row.print.settings);
        let changes = [
            (settings.format != FORMAT, Self::Format),
            (then.photo != now.photo, Self::Photo),
            (then.mask != now.mask, Self::Mask),
            (settings.fit != now.settings.fit, Self::Fit),
            (settings.layer != now.settings.layer, Self::Layer),
            (settings.mask_value != now.settings.mask_value, Self::MaskValue),
            // It may be readable by now.
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

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was not there before.
    New,
    TakenOver,
    Redone(Change),
}

/// What came of going on with an earlier audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Resumed {
    pub taken_over: usize,
    pub redone: BTreeMap<Change, usize>,
    pub new: usize,
    /// Rows of photos that are there no longer, or are left out by now.
    pub gone: usize,
    /// The page of the earlier audit, if this one's takes its place.
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
