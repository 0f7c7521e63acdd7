//! The basis of an audit's report: its photos, masks and model, and what was left out.

use std::collections::BTreeMap;

use candling_audit::basis;
use candling_audit::words::count;
use candling_audit::{BOOTSTRAP, LeftOut, Outcome, Pair, Reason, TOO_FEW, Tally, WILSON, in_words};
use candling_imaging::Fit;
use serde::Serialize;

use super::auditor::{Auditor, Matched};
use super::changes::Resumed;
use super::row::{Row, Settings};
use crate::left_out::{self, Skipped};

pub struct Basis<'a> {
    model: &'a str,
    settings: &'a Settings,
    /// The default layer of `candling explain`.
    usual_layer: &'a str,
    found: usize,
    failed: Vec<(&'a str, &'a str)>,
    notes: Vec<(&'a str, &'a str)>,
    left_out: &'a [LeftOut],
    masks: Option<Masks<'a>>,
    resumed: Option<&'a Resumed>,
}

struct Masks<'a> {
    tally: Tally,
    /// Everything else in the folder of masks.
    left_out: &'a [LeftOut],
    /// Photos with several possible masks, and why none was chosen.
    doubts: Vec<(String, &'a str)>,
}

/// The basis for `--json`.
#[derive(Serialize)]
pub struct BasisReport<'a> {
    model: &'a str,
    model_sha256: &'a str,
    /// The layer at which Grad-CAM's evidence was measured.
    layer: &'a str,
    fit: &'static str,
    mask_value: Option<u16>,
    photos: PhotosReport,
    /// Files that were left out, and why.
    left_out: Vec<Skipped>,
    masks: Option<MasksReport<'a>>,
    resumed: Option<&'a Resumed>,
    /// Photos that could not be looked at, and why.
    failed: &'a [(&'a str, &'a str)],
    /// Notes on photos that were looked at.
    notes: &'a [(&'a str, &'a str)],
    intervals: Vec<&'static str>,
}

#[derive(Serialize)]
struct PhotosReport {
    found: usize,
    looked_at: usize,
}

#[derive(Serialize)]
struct MasksReport<'a> {
    photos: usize,
    marked: usize,
    scaled: usize,
    rules: BTreeMap<String, usize>,
    blank: &'a [String],
    doubtful: &'a [(String, &'a str)],
    refused: &'a [String],
    unused: &'a [String],
    left_out: Vec<Skipped>,
}

impl<'a> Basis<'a> {
    pub fn new(auditor: &'a Auditor<'_>, rows: &'a [Row], resumed: Option<&'a Resumed>) -> Self {
        let said = |of: fn(&Row) -> &str| {
            let lines = rows.iter().map(|row| (row.photo.as_str(), of(row)));
            lines.filter(|(_, words)| !words.is_empty()).collect()
        };
        let model = &auditor.model;
        Self {
            model: model.name(),
            settings: &auditor.settings,
            usual_layer: &model.graph().node(model.default_layer()).name,
            found: rows.len(),
            failed: said(|row| &row.error),
            notes: said(|row| &row.note),
            left_out: &auditor.folders.sorted.left_out,
            masks: auditor.masks.as_ref().map(|masks| Masks::new(auditor, masks, rows)),
            resumed,
        }
    }

    /// Explanations of the numbers in brackets. Shares of evidence are among them only if there are masks.
    pub fn intervals(&self) -> Vec<&'static str> {
        [Some(WILSON), self.masks.is_some().then_some(BOOTSTRAP), Some(TOO_FEW)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The basis in words, as lines.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = left_out::lines(self.left_out, &self.failed);
        lines.extend(self.notes.iter().map(|(photo, note)| format!("note: {photo}: {note}")));
        lines.push(self.photos());
        lines.extend(self.masks());
        lines.extend(self.resumed.map(Resumed::words));
        lines.push(basis::model(self.model, &self.settings.model));
        lines.push(self.measure());
        lines
    }

    fn photos(&self) -> String {
        basis::photos(self.found, self.failed.len(), self.left_out.len())
    }

    fn masks(&self) -> Vec<String> {
        let beside = self.left_out.iter().filter(|out| out.why == Reason::Mask).count();
        let Some(masks) = &self.masks else {
            let words = match beside {
                0 => "masks: none asked for; --masks says where they are".to_owned(),
                _ => format!(
                    "masks: none asked for; {} among the photos, which --masks with the folder of the photos takes",
                    count(beside, "mask")
                ),
            };
            return vec![words];
        };
        let mut lines = vec![masks.tally.words()];
        lines.extend(masks.doubts.first().map(|(photo, why)| format!("of {photo} {why}")));
        if !masks.left_out.is_empty() {
            lines.push(format!("in the folder of the masks {}", in_words(masks.left_out)));
        }
        lines
    }

    fn measure(&self) -> String {
        let Settings { layer, fit, mask_value, .. } = self.settings;
        let seen = match fit {
            Fit::Squash => "the whole of each photo (--fit squash)",
            Fit::Crop => "the model's centre crop of each photo (--fit crop)",
        };
        let value = mask_value.map(|value| format!(", masks by --mask-value {value}")).unwrap_or_default();
        let elsewhere = if *layer == self.usual_layer {
            String::new()
        } else {
            format!(
                " (`candling explain` and the lab look at {} unless they are asked for another)",
                self.usual_layer
            )
        };
        basis::evidence(&format!("{layer}{elsewhere}"), &format!("{seen}{value}"))
    }

    pub fn report(&self) -> BasisReport<'_> {
        BasisReport {
            model: self.model,
            model_sha256: &self.settings.model,
            layer: &self.settings.layer,
            fit: self.settings.fit.name(),
            mask_value: self.settings.mask_value,
            photos: PhotosReport { found: self.found, looked_at: self.found - self.failed.len() },
            left_out: self.left_out.iter().map(Skipped::from).collect(),
            masks: self.masks.as_ref().map(Masks::report),
            resumed: self.resumed,
            failed: &self.failed,
            notes: &self.notes,
            intervals: self.intervals(),
        }
    }
}

impl<'a> Masks<'a> {
    fn new(auditor: &Auditor<'_>, Matched { folder, pairs }: &'a Matched, rows: &[Row]) -> Self {
        let mut tally = Tally::default();
        for row in rows {
            // photos that could not be looked at do not count, with a mask or without
            if row.error.is_empty() || row.mask == Outcome::Refused {
                tally.add(&row.photo, &row.mask);
            }
        }
        tally.unused = pairs.unused.iter().map(|&mask| folder.masks.files[mask].path.join("/")).collect();
        let photos = auditor.folders.photos().iter();
        let doubts = photos.zip(&pairs.of).filter_map(|(photo, pair)| match pair {
            Pair::Doubtful(why) => Some((photo.name(), why.as_str())),
            _ => None,
        });
        Self { tally, left_out: &folder.masks.left_out, doubts: doubts.collect() }
    }

    fn report(&self) -> MasksReport<'_> {
        let Tally { photos, marked, scaled, blank, refused, unused, rules, .. } = &self.tally;
        MasksReport {
            photos: *photos,
            marked: *marked,
            scaled: *scaled,
            rules: rules.iter().map(|(rule, &amount)| (rule.to_string(), amount)).collect(),
            blank,
            doubtful: &self.doubts,
            refused,
            unused,
            left_out: self.left_out.iter().map(Skipped::from).collect(),
        }
    }
}
