//! All files of the recipe, in memory, so that a test can compare them with the committed ones.

use std::path::Path;

use candling_imaging::{Photo, Rect, decode, resize};

use crate::{first, thumbs};

/// Any failure ends the recipe.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A file to write, with its path below `www/samples`.
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Makes all files; `www` is the site's folder.
pub fn files(www: &Path) -> Result<Vec<File>> {
    let mut files = thumbs::files(&www.join("samples"))?;
    files.extend(first::files(www)?);
    Ok(files)
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    Ok(std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?)
}

pub fn photo(path: &Path) -> Result<Photo> {
    Ok(decode(&read(path)?).map_err(|e| format!("{}: {e}", path.display()))?)
}

/// Cuts a part out of a photo and resizes it.
pub fn resized(photo: &Photo, part: Rect, width: u32, height: u32) -> Result<Photo> {
    let rgba = resize(&photo.rgba, photo.width, photo.height, part, width, height)?;
    Ok(Photo { width, height, rgba })
}
