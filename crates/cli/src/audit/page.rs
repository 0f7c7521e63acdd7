//! The output file of an audit's page.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use candling_audit::basis;

use super::auditor::Auditor;
use super::ledger::Existing;
use super::sheet::escaped;
use crate::error::Result;
use crate::output::Output;
use crate::shown::shown;

/// The beginning of the title of an audit's page.
pub const TITLE: &str = "<title>Audit of ";

/// Number of first bytes of a page in which its title is looked for.
const HEAD: u64 = 1 << 12;

/// The part of a message that suggests `--resume`, if there is a CSV.
const RESUME: &str = "--resume goes on with OUT.csv and makes the page anew, ";

/// The output file of a page.
pub struct Page {
    pub output: Output,
    /// The path as it was given, if the page of an earlier audit is replaced.
    pub renewed: Option<String>,
}

impl Page {
    /// Checks the path.
    ///
    /// # Errors
    /// If something would be lost: a resumed audit replaces only a page of the same model.
    pub fn of(path: &Path, existing: Existing, auditor: &Auditor<'_>, has_csv: bool) -> Result<Self> {
        let output = Output::new(path)?;
        let Some(file) = output.file() else { return Ok(Self { output, renewed: None }) };
        let head = begin(file, HEAD).map_err(|e| output.failed(e))?;
        if head.is_empty() {
            return Ok(Self { output, renewed: None });
        }
        if !holds(&head, TITLE) {
            return Err(
                output.failed("it is there already, and is no audit's page; give the page another name")
            );
        }
        let model = &auditor.settings.model;
        match existing {
            Existing::Keep => {
                let resume = if has_csv { RESUME } else { "" };
                Err(output.failed(format!("it is there already; {resume}--overwrite writes another over it")))
            }
            Existing::Resume if !is_of(file, auditor).map_err(|e| output.failed(e))? => {
                Err(output.failed(format!(
                    "it is not of the model that is audited now (SHA-256 {model}); give the page another name, or --overwrite instead of --resume"
                )))
            }
            Existing::Resume | Existing::Overwrite => Ok(Self { output, renewed: Some(shown(path)) }),
        }
    }
}

/// The first bytes of a file; empty if it does not exist.
fn begin(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(bytes),
    }
}

/// Whether a page is an audit of this auditor's model.
fn is_of(page: &Path, auditor: &Auditor<'_>) -> io::Result<bool> {
    let model = basis::model(auditor.model.name(), &auditor.settings.model);
    Ok(holds(&fs::read(page)?, &escaped(&model)))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}
