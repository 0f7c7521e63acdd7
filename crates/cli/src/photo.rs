//! Decoding of photos, with warnings.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use candling_audit::words;
use candling_imaging::{Photo, decode_noting};

use crate::error::{Error, Result};
use crate::printer;
use crate::shown::shown;

/// Decodes a photo that was read from `path`. Missing or ignored parts are reported on standard error.
pub fn decoded(path: &Path, bytes: &[u8]) -> Result<Photo> {
    Warned::default().decoded(path, bytes)
}

/// Photos that were read with a warning, on any core.
#[derive(Default)]
pub struct Warned(Mutex<BTreeSet<String>>);

impl Warned {
    /// Like [`decoded`], but warns only once about each photo.
    pub fn decoded(&self, path: &Path, bytes: &[u8]) -> Result<Photo> {
        let (photo, notes) = decode_noting(bytes).map_err(|e| Error::file(path, e))?;
        if !notes.is_empty() && self.names().insert(shown(path)) {
            for note in notes {
                printer::aside(format!("warning: {}: {note}", path.display()));
            }
        }
        Ok(photo)
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports how many photos had warnings and which: nobody reads each warning of many photos.
    pub fn tell(&self) {
        let names: Vec<String> = self.names().iter().cloned().collect();
        if names.is_empty() {
            return;
        }
        let were = if names.len() == 1 { "was" } else { "were" };
        printer::aside(format!(
            "{} {were} read with a warning: {}",
            words::count(names.len(), "photo"),
            words::some(&names)
        ));
    }
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::file(path, e))
}
