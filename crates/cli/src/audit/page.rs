//! Where an audit's page goes.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::ledger::Existing;
use crate::error::{Error, Result};
use crate::output::Output;

/// What the title of an audit's page begins with.
pub const TITLE: &str = "<title>Audit of ";

/// So far into a page its title is looked for.
const HEAD: u64 = 1 << 12;

/// The place, if nothing is lost by writing there.
pub fn place(path: &Path, existing: Existing) -> Result<Output> {
    let output = Output::new(path)?;
    let Some(file) = output.file() else { return Ok(output) };
    let mut head = Vec::new();
    match File::open(file).and_then(|file| file.take(HEAD).read_to_end(&mut head)) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(output),
        Err(e) => return Err(output.failed(e)),
        Ok(_) => {}
    }
    let is_audits = String::from_utf8_lossy(&head).contains(TITLE);
    match existing {
        _ if head.is_empty() => Ok(output),
        _ if !is_audits => {
            Err(Error::file(path, "it is there already, and is no audit's page; give the page another name"))
        }
        Existing::Keep => Err(Error::file(path, "it is there already; --overwrite writes another over it")),
        Existing::Resume | Existing::Overwrite => Ok(output),
    }
}
