//! The CSV of an audit. While the audit runs, lines go to a file beside it, `OUT.csv.part`, which is locked;
//! when all are there, they are moved into place, in order. So `OUT.csv` is complete or unchanged, and an
//! interrupted audit can be resumed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::earlier::{self, Known};
use super::row::{COLUMNS, Row};
use crate::error::{Error, Result};
use crate::output::Output;

/// The treatment of an existing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Keep it and stop.
    Keep,
    /// Take over rows that are still valid.
    Resume,
    /// Overwrite it.
    Overwrite,
}

pub struct Ledger {
    output: Output,
    /// `None` if the lines go to a device or a pipe.
    part: Option<Part>,
}

impl Ledger {
    /// Opens and locks the CSV, and reads existing rows.
    ///
    /// # Errors
    /// If another audit has locked it, if something would be lost, or if the file cannot be written to.
    pub fn open(path: &Path, existing: Existing) -> Result<(Self, Known)> {
        let output = Output::new(path)?;
        let mut known = Known::default();
        let Some(file) = output.file() else { return Ok((Self { output, part: None }, known)) };
        let mut part = Part::open(file)?;
        let done = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(Error::file(path, e)),
        };
        let begun = part.read()?;
        match existing {
            Existing::Keep if !done.is_empty() => return Err(Error::file(path, there_already(&done))),
            Existing::Keep if !begun.is_empty() => return Err(Error::file(&part.path, BEGUN)),
            Existing::Keep => {}
            // a file that is not an audit's is never overwritten
            Existing::Overwrite if !(done.is_empty() || earlier::is_audits(&done)) => {
                return Err(Error::file(path, there_already(&done)));
            }
            Existing::Overwrite => part.clear()?,
            Existing::Resume => {
                known.extend(earlier::lines(path, &done)?);
                known.extend(earlier::lines(&part.path, &begun)?);
            }
        }
        Ok((Self { output, part: Some(part) }, known))
    }

    /// Whether the CSV goes to the same file as `other`.
    pub fn is_at(&self, other: &Output) -> bool {
        self.output.is_same(other)
    }

    /// Records a row, so that it need not be computed again.
    pub fn note(&mut self, row: &Row) -> Result<()> {
        self.part.as_mut().map_or(Ok(()), |part| part.append(row))
    }

    /// Writes all rows, in order, to the final file.
    pub fn finish(self, rows: &[Row]) -> Result<()> {
        let lines = std::iter::once(header()).chain(rows.iter().map(|row| line(&row.cells())));
        let lines = lines.collect::<io::Result<Vec<_>>>().map_err(|e| self.output.failed(e))?;
        self.output.write(&lines.concat())?;
        self.part.map_or(Ok(()), Part::remove)
    }
}

/// The error that says what would be lost.
fn there_already(bytes: &[u8]) -> String {
    let what = if earlier::is_audits(bytes) { "" } else { ", and is no audit's" };
    let choice = if what.is_empty() {
        "--resume takes over what still holds of it, --overwrite begins anew"
    } else {
        "give the CSV another name"
    };
    format!("it is there already{what}; {choice}")
}

const BEGUN: &str = "an audit that was ended left this; --resume goes on with it, --overwrite begins anew";

/// The file of the rows so far.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn open(file: &Path) -> Result<Self> {
        let mut path = file.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        loop {
            let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
            let file = file.map_err(|e| Error::file(&path, e))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::file(
                        &path,
                        "another audit is writing this CSV; wait for it, or give another name",
                    ));
                }
                Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => {
                    eprintln!(
                        "note: {}: no locks here: that no other audit writes this CSV is not known",
                        path.display()
                    );
                }
                Err(TryLockError::Error(e)) => return Err(Error::file(&path, e)),
            }
            // another audit may have finished with it, and removed it, in between
            let same = same_file::Handle::from_path(&path)
                .and_then(|there| Ok(there == same_file::Handle::from_file(file.try_clone()?)?));
            match same {
                Ok(true) => return Ok(Self { path, file }),
                Ok(false) => {}
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(Error::file(&path, e)),
            }
        }
    }

    fn read(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_end(&mut bytes));
        read.map(|_| bytes).map_err(|e| self.failed(e))
    }

    fn clear(&mut self) -> Result<()> {
        self.file.set_len(0).map_err(|e| self.failed(e))
    }

    fn append(&mut self, row: &Row) -> Result<()> {
        let write = |mut file: &File| -> io::Result<()> {
            let begin = match file.metadata()?.len() {
                0 => header()?,
                // the audit that began this line was killed before it could end it
                _ if !ends_line(file)? => b"\n".to_vec(),
                _ => Vec::new(),
            };
            file.write_all(&[begin, line(&row.cells())?].concat())
        };
        write(&self.file).map_err(|e| self.failed(e))
    }

    fn remove(self) -> Result<()> {
        let is_empty = self.file.metadata().map_err(|e| self.failed(e))?.len() == 0;
        if is_empty { Ok(()) } else { fs::remove_file(&self.path).map_err(|e| self.failed(e)) }
    }

    fn failed(&self, e: io::Error) -> Error {
        Error::file(&self.path, e)
    }
}

impl Drop for Part {
    /// Removes the file if it is empty.
    fn drop(&mut self) {
        if self.file.metadata().is_ok_and(|there| there.len() == 0) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn ends_line(mut file: &File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn header() -> io::Result<Vec<u8>> {
    line(&COLUMNS)
}

/// A line of a CSV (RFC 4180), except that it ends in `\n`.
fn line<S: AsRef<[u8]>>(cells: &[S]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}
