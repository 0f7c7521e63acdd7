//! Reading of the CSV of an earlier audit.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::cell::unguarded;
use super::row::{COLUMNS, Row};
use crate::error::{Error, Result};

/// The columns of a version that did not record fingerprints.
const BEFORE: [&str; 5] = ["photo", "class", "predicted", "evidence", "error"];

/// The readable rows of an earlier audit.
#[derive(Default)]
pub struct Known {
    /// Intact rows, by photo.
    pub rows: HashMap<String, Row>,
    /// Photos of damaged rows.
    pub damaged: HashSet<String>,
}

impl Known {
    /// Adds the rows of a newer file.
    pub fn extend(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.damaged.extend(other.damaged);
    }
}

/// Whether these are the first bytes of an audit's CSV, of any version.
pub fn is_audits(bytes: &[u8]) -> bool {
    [b',', b';', b'\t'].into_iter().any(|separator| {
        let names = header(bytes, separator);
        BEFORE.iter().all(|column| names.iter().any(|name| name == column))
    })
}

/// Reads the CSV: columns in any order, with others among them, with or without a byte order mark, with any
/// line ends, and with a truncated last line. An empty file has no rows.
///
/// # Errors
/// For a file that is not an audit's, and for one that cannot be compared with another.
pub fn lines(path: &Path, bytes: &[u8]) -> Result<Known> {
    if bytes.is_empty() {
        return Ok(Known::default());
    }
    let names = header(bytes, b',');
    let place = |column: &&str| names.iter().position(|name| name == column);
    let Some(places) = COLUMNS.iter().map(place).collect::<Option<Vec<usize>>>() else {
        return Err(Error::file(path, refusal(bytes, &names)));
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(without_mark(bytes));
    let mut found = Known::default();
    for record in reader.byte_records() {
        let record = record.map_err(|e| Error::file(path, e))?;
        let cell = |&at: &usize| std::str::from_utf8(record.get(at).unwrap_or_default()).unwrap_or_default();
        let cells: Vec<&str> = places.iter().map(cell).collect();
        match Row::from_cells(&cells) {
            Some(row) => drop(found.rows.insert(row.photo.clone(), row)),
            None => drop(found.damaged.insert(unguarded(cells[0]).to_owned())),
        }
    }
    Ok(found)
}

fn refusal(bytes: &[u8], names: &[String]) -> String {
    let separated = |by: u8| COLUMNS.iter().all(|column| header(bytes, by).iter().any(|name| name == column));
    for (by, name) in [(b';', "semicolons"), (b'\t', "tabs")] {
        if separated(by) {
            return format!(
                "its cells are separated by {name}, as a spreadsheet saved it; save it with commas, or begin another CSV"
            );
        }
    }
    if is_audits(bytes) {
        let missing: Vec<&str> =
            COLUMNS.into_iter().filter(|column| names.iter().all(|name| name != column)).collect();
        return format!(
            "its lines do not say which model, photos and masks they rest on (no {}): they cannot be compared; begin another CSV",
            missing.join(", ")
        );
    }
    "it is not the CSV of an audit, and nothing is written over it; give the CSV another name".to_owned()
}

/// The column names in the first line.
fn header(bytes: &[u8], separator: u8) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(without_mark(bytes));
    let names = reader
        .byte_headers()
        .map(|names| names.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect());
    names.unwrap_or_default()
}

/// Removes the byte order mark that spreadsheets write.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
