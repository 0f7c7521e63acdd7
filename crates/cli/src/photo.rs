//! Photos that are read, and what there is to say of them.

use std::path::Path;

use candling_imaging::{Photo, decode_noting};

use crate::error::{Error, Result};

/// Decodes a photo that was read from `path`. What was missing of it, or ignored, is said on standard error.
pub fn decoded(path: &Path, bytes: &[u8]) -> Result<Photo> {
    let (photo, notes) = decode_noting(bytes).map_err(|e| Error::file(path, e))?;
    for note in notes {
        eprintln!("warning: {}: {note}", path.display());
    }
    Ok(photo)
}
