//! Photos in folders, one a class: `DIR/CLASS/photo.jpg`, or with a group in between, `DIR/CLASS/GROUP/photo.jpg`.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Endings of files that are taken for photos.
const ENDINGS: [&str; 8] = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"];

/// A photo and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// From the folder of all classes on.
    pub path: PathBuf,
    /// Index of its class.
    pub class: usize,
    /// Folders between that of its class and the photo; empty for none.
    pub group: String,
}

impl Listed {
    /// Its path, as reports call it.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// All photos, by class, group and name.
pub struct Folders {
    pub root: PathBuf,
    /// Names of the folders that are classes.
    pub classes: Vec<String>,
    pub photos: Vec<Listed>,
}

impl Folders {
    /// Lists a folder of folders. Files beside these, hidden ones and those that are no pictures by their names are passed over.
    pub fn list(root: &Path) -> Result<Self> {
        let mut classes = Vec::new();
        let mut photos = Vec::new();
        for folder in entries(root)?.into_iter().filter(|path| path.is_dir()) {
            let class = classes.len();
            classes.push(name(&folder));
            let mut inside = Vec::new();
            walk(&folder, &mut inside)?;
            for path in inside {
                let between = path.parent().and_then(|parent| parent.strip_prefix(&folder).ok());
                let group = between.map(|path| path.display().to_string()).unwrap_or_default();
                let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
                photos.push(Listed { path, class, group });
            }
        }
        if classes.len() < 2 {
            let message =
                format!("{} folders in it; it needs one for each class, two at least", classes.len());
            return Err(Error::file(root, message));
        }
        Ok(Self { root: root.to_owned(), classes, photos })
    }

    /// Where a photo is.
    pub fn place(&self, photo: &Listed) -> PathBuf {
        self.root.join(&photo.path)
    }
}

fn walk(folder: &Path, photos: &mut Vec<PathBuf>) -> Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            walk(&path, photos)?;
        } else if path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
        {
            photos.push(path);
        }
    }
    Ok(())
}

/// What is in a folder, sorted by name, but for what is hidden.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut paths: Vec<PathBuf> =
        read.map_err(|e| Error::file(folder, e))?.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
