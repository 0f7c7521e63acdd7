//! A row of an audit: the results for a photo, a line of the CSV.

use candling_audit::{Outcome, Rule};
use candling_imaging::Fit;
use sha2::{Digest, Sha256};

use super::cell::{guarded, unguarded};

/// Version of the rows; rows of another version are computed again.
pub const FORMAT: u32 = 2;

/// The columns, in the order in which they are written; they may be read in any order.
pub const COLUMNS: [&str; 20] = [
    "photo",
    "class",
    "group",
    "predicted",
    "probability",
    "correct",
    "evidence",
    "evenly",
    "layer",
    "error",
    "note",
    "mask",
    "rule",
    "fit",
    "mask_value",
    "model_sha256",
    "photo_sha256",
    "mask_sha256",
    "format",
    "check",
];

/// Indices of the columns that contain text from outside, such as names.
const TEXTS: [usize; 7] = [0, 1, 2, 3, 8, 9, 10];

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Path below the folder of all classes.
    pub photo: String,
    pub class: String,
    /// Folders between that of the class and the photo.
    pub group: String,
    pub predicted: String,
    /// Probability of the predicted class, 0 to 1.
    pub probability: f32,
    pub correct: bool,
    /// The share of Grad-CAM's evidence for the predicted class that lies in the mask, 0 to 1 (energy-based
    /// pointing game); `None` without a mask or without evidence.
    pub evidence: Option<f64>,
    /// Baseline: the share that a uniform map would have in the mask; `None` without `evidence`.
    pub evenly: Option<f64>,
    /// Why there are no results; empty if there are.
    pub error: String,
    /// A note on the photo, if there are results.
    pub note: String,
    /// The outcome of its mask.
    pub mask: Outcome,
    pub print: Fingerprint,
}

/// The inputs of a row. Equal fingerprints mean equal results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub settings: Settings,
    /// SHA-256 of the photo, in hexadecimal; empty if it could not be read.
    pub photo: String,
    /// The same of its mask; empty if there is none.
    pub mask: String,
}

/// The inputs that all rows of an audit share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// SHA-256 of the model's file.
    pub model: String,
    /// The layer at which Grad-CAM is computed.
    pub layer: String,
    pub fit: Fit,
    /// The value of masks that is inside, if one was given.
    pub mask_value: Option<u16>,
    pub format: u32,
}

/// SHA-256, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Row {
    /// The cells, in the order of [`COLUMNS`].
    pub fn cells(&self) -> Vec<String> {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let Settings { model, layer, fit, mask_value, format } = &self.print.settings;
        let (mask, rule) = mask_cells(&self.mask);
        let mut cells = vec![
            self.photo.clone(),
            self.class.clone(),
            self.group.clone(),
            self.predicted.clone(),
            self.probability.to_string(),
            self.correct.to_string(),
            number(self.evidence),
            number(self.evenly),
            layer.clone(),
            self.error.clone(),
            self.note.clone(),
            mask.to_owned(),
            rule,
            fit.to_string(),
            mask_value.map(|value| value.to_string()).unwrap_or_default(),
            model.clone(),
            self.print.photo.clone(),
            self.print.mask.clone(),
            format.to_string(),
        ];
        for text in TEXTS {
            cells[text] = guarded(&cells[text]);
        }
        cells.push(check(&cells));
        cells
    }

    /// Parses a row; `None` if a cell is not as it was written.
    pub fn from_cells(cells: &[&str]) -> Option<Self> {
        let (last, rest) = cells.split_last()?;
        if rest.len() + 1 != COLUMNS.len() || *last != check(rest) {
            return None;
        }
        let text = |at: usize| unguarded(rest[at]).to_owned();
        let number = |at: usize| match rest[at] {
            "" => Some(None),
            value => value.parse::<f64>().ok().map(Some),
        };
        Some(Self {
            photo: text(0),
            class: text(1),
            group: text(2),
            predicted: text(3),
            probability: rest[4].parse().ok()?,
            correct: rest[5].parse().ok()?,
            evidence: number(6)?,
            evenly: number(7)?,
            error: text(9),
            note: text(10),
            mask: mask_of_cells(rest[11], rest[12])?,
            print: Fingerprint {
                settings: Settings {
                    model: rest[15].to_owned(),
                    layer: text(8),
                    fit: rest[13].parse().ok()?,
                    mask_value: match rest[14] {
                        "" => None,
                        value => Some(value.parse().ok()?),
                    },
                    format: rest[18].parse().ok()?,
                },
                photo: rest[16].to_owned(),
                mask: rest[17].to_owned(),
            },
        })
    }
}

/// The checksum of a row's other cells, by which truncated or changed rows are found.
fn check<S: AsRef<str>>(cells: &[S]) -> String {
    let line: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    // the letter keeps spreadsheets from reading it as a number
    format!("c{}", &sha256(line.join("\u{1f}").as_bytes())[..16])
}

fn mask_cells(mask: &Outcome) -> (&'static str, String) {
    match mask {
        Outcome::None => ("", String::new()),
        Outcome::Doubtful => ("several", String::new()),
        Outcome::Refused => ("refused", String::new()),
        Outcome::Read { rule, marked: false, .. } => ("nothing inside", rule.written()),
        Outcome::Read { rule, scaled: true, .. } => ("scaled", rule.written()),
        Outcome::Read { rule, scaled: false, .. } => ("read", rule.written()),
    }
}

fn mask_of_cells(mask: &str, rule: &str) -> Option<Outcome> {
    let read = |scaled, marked| Some(Outcome::Read { rule: Rule::read(rule)?, scaled, marked });
    match mask {
        "" => Some(Outcome::None),
        "several" => Some(Outcome::Doubtful),
        "refused" => Some(Outcome::Refused),
        "nothing inside" => read(false, false),
        "scaled" => read(true, true),
        "read" => read(false, true),
        _ => None,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn row() -> Row {
        Row {
            photo: "=bird/a, \"b\".jpg".into(),
            class: "=bird".into(),
            group: String::new(),
            predicted: "-mammal".into(),
            probability: 0.1,
            correct: false,
            evidence: Some(1e-9),
            evenly: Some(0.3),
            error: String::new(),
            note: "'@".into(),
            mask: Outcome::Read { rule: Rule::Value(300), scaled: true, marked: true },
            print: Fingerprint {
                settings: Settings {
                    model: sha256(b"model"),
                    layer: "head".into(),
                    fit: Fit::Crop,
                    mask_value: Some(300),
                    format: FORMAT,
                },
                photo: sha256(b"photo"),
                mask: sha256(b"mask"),
            },
        }
    }

    #[test]
    fn a_row_comes_back_as_it_was() {
        let outcomes = [
            Outcome::None,
            Outcome::Doubtful,
            Outcome::Refused,
            Outcome::Read { rule: Rule::Palette, scaled: false, marked: true },
            Outcome::Read { rule: Rule::White, scaled: false, marked: false },
        ];
        let others = outcomes.map(|mask| Row { mask, evidence: None, ..row() });
        for row in others.into_iter().chain([row()]) {
            let cells = row.cells();
            assert_eq!(cells.len(), COLUMNS.len());
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            assert_eq!(Row::from_cells(&cells), Some(row));
        }
    }

    #[test]
    fn a_cell_that_was_changed_is_seen() {
        let cells = row().cells();
        for at in 0..cells.len() {
            let mut changed: Vec<&str> = cells.iter().map(String::as_str).collect();
            changed[at] = "0,1";
            assert_eq!(Row::from_cells(&changed), None, "{}", COLUMNS[at]);
        }
        assert_eq!(Row::from_cells(&cells.iter().take(5).map(String::as_str).collect::<Vec<_>>()), None);
    }

    /// The message "abc" of FIPS 180-2, appendix B.
    #[test]
    fn sha256_of_a_known_message() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
