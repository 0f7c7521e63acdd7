//! Output paths: standard output, a file, or for several outputs a folder that mirrors the folders of the
//! photos.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use candling_core::Error as CoreError;

use crate::error::{Error, Result};
use crate::output::{self, Output};
use crate::shown::shown;
use crate::subjects::{Subject, Subjects};
use crate::{printer, standard};

/// The value of `-o` or `--raw`.
pub enum Destination {
    Standard,
    File(Output, PathBuf),
    Folder(PathBuf),
}

/// A kind of output.
#[derive(Clone, Copy)]
pub struct OutputKind {
    /// The name of the option.
    pub option: &'static str,
    /// The extension of its files, without a dot.
    pub ending: &'static str,
}

/// Whether a path means a folder: if there will be several files, if there is such a folder, or if the path
/// ends in a separator.
pub fn is_folder(path: &Path, several: bool) -> bool {
    let ends =
        path.as_os_str().as_encoded_bytes().last().is_some_and(|&last| std::path::is_separator(last.into()));
    !standard::is_standard_stream(path) && (several || ends || path.is_dir())
}

impl Destination {
    /// Checks what can be checked before the work is done. With `several`, there will be more than one file;
    /// with `check`, no file in a folder may exist already.
    ///
    /// # Errors
    /// For one file if there will be several, for a photo itself, and for a path that cannot be written to.
    pub fn of(
        path: &Path,
        several: bool,
        kind: OutputKind,
        subjects: &Subjects,
        check: bool,
    ) -> Result<Self> {
        let wrong = |why: &str| {
            Err(CoreError::BadArgument(format!("{}: `{}` {why}", kind.option, shown(path))).into())
        };
        if standard::is_standard_stream(path) {
            return if several {
                wrong("takes one file; name a folder for several")
            } else {
                Ok(Self::Standard)
            };
        }
        if is_folder(path, several) {
            if path.exists() && !path.is_dir() {
                return wrong("is a file; several go into a folder");
            }
            if has_ending(path, kind.ending) && !is_folder(path, false) {
                return wrong(
                    "is the name of one file, but there will be several; name a folder, or end it in / to have one of this name",
                );
            }
            let destination = Self::Folder(path.to_owned());
            destination.check(subjects, kind, check)?;
            return Ok(destination);
        }
        if let Ok(there) = path.canonicalize()
            && subjects
                .all
                .iter()
                .any(|subject| subject.path.canonicalize().is_ok_and(|photo| photo == there))
        {
            return wrong("is what is looked at, and would be lost");
        }
        Ok(Self::File(Output::new(path)?, path.to_owned()))
    }

    /// Checks that no photo in a folder will be replaced, and with `all` no other file.
    fn check(&self, subjects: &Subjects, kind: OutputKind, all: bool) -> Result<()> {
        let files = subjects.all.iter().filter_map(|subject| self.file(subject, "", kind));
        let there: Vec<PathBuf> = files.filter(|file| file.symlink_metadata().is_ok()).collect();
        let Some(first) = there.first() else { return Ok(()) };
        if all {
            let more = match there.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            return Err(Error::file(
                first,
                format!("there already{more}; --overwrite replaces what is there"),
            ));
        }
        let photos: HashSet<PathBuf> =
            subjects.all.iter().filter_map(|subject| subject.path.canonicalize().ok()).collect();
        match there.iter().find(|file| file.canonicalize().is_ok_and(|file| photos.contains(&file))) {
            Some(photo) => {
                Err(Error::file(photo, "one of the photos; name another folder for what is written"))
            }
            None => Ok(()),
        }
    }

    /// The path of the output for a subject; `tail` distinguishes several of one subject. `None` for standard
    /// output.
    fn file(&self, subject: &Subject, tail: &str, kind: OutputKind) -> Option<PathBuf> {
        match self {
            Self::Standard => None,
            Self::File(_, path) => Some(path.clone()),
            // the full name of the photo is kept: `a.jpg` and `a.png` have different outputs
            Self::Folder(folder) => {
                let mut name = OsString::from(folder.join(&subject.below));
                name.push(format!("{tail}.{}", kind.ending));
                Some(name.into())
            }
        }
    }

    /// Writes an output and reports its path, except for standard output. In a folder, existing files are
    /// only replaced with `overwrite`.
    ///
    /// # Errors
    /// If it cannot be written completely.
    pub fn write(
        &self,
        subject: &Subject,
        tail: &str,
        kind: OutputKind,
        bytes: &[u8],
        overwrite: bool,
    ) -> Result<Option<String>> {
        let file = self.file(subject, tail, kind);
        match (self, &file) {
            (Self::File(output, _), _) => output.write(bytes)?,
            (Self::Folder(_), Some(file)) => {
                if let Some(folder) = file.parent() {
                    fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
                }
                if overwrite { output::write(file, bytes)? } else { output::create(file, bytes)? }
            }
            _ => printer::file(bytes)?,
        }
        Ok(file.map(|file| shown(&file)))
    }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending))
}
