//! Photos in folders, one folder per class, and masks in a folder of their own or beside the photos.
//! `candling_audit` decides what is what; this module maps that to paths on disk.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use candling_audit::{HEAD_BYTES, LeftOut, Masks, Photo, READ, Reason, Sorted, names, sort};
use sha2::{Digest, Sha256};

use crate::each::for_each;
use crate::error::{Error, Result};
use crate::photo::read;
use crate::shown::{file_parts, folder_parts, shown};
use crate::walk::Walk;

/// A folder of photos.
pub struct Folders {
    pub root: PathBuf,
    /// Paths below the root.
    files: Vec<PathBuf>,
    /// The sorted contents: photos by class, and everything else.
    pub sorted: Sorted,
}

impl Folders {
    /// Lists a folder of class folders. A folder of masks in it, `masks`, is not part of a class.
    ///
    /// # Errors
    /// For a folder that cannot be read, for names that cannot be class names, for fewer than two classes,
    /// and if every photo is in several classes.
    pub fn list(root: &Path, masks: Option<&Path>) -> Result<Self> {
        let Walk { files, folders, left_out } = Walk::below(root, masks)?;
        if let Some(folder) =
            folders.iter().find(|folder| folder.to_str().is_none() && folder.iter().count() == 1)
        {
            let message = format!(
                "the folder `{}` has a name that is no text (UTF-8), as a class's is to be; rename it",
                shown(folder)
            );
            return Err(Error::file(root, message));
        }
        let paths: Vec<Vec<String>> = files.iter().map(|path| file_parts(path)).collect();
        let names: Vec<Vec<String>> = folders.iter().map(|path| folder_parts(path)).collect();
        let mut sorted = sort(&paths, &names, &READ, |file| head(&root.join(&files[file])));
        sorted.left_out.extend(left_out);
        sorted.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        names::check(&sorted.classes).map_err(|e| Error::file(root, e))?;
        let mut folders = Self { root: root.to_owned(), files, sorted };
        folders.check_count()?;
        let contents = contents(&folders)?;
        folders.sorted.take_once(|photo| contents.get(&photo.file).copied());
        match folders.classes() {
            [first, ..] if folders.photos().is_empty() => Err(folders.without_photos(first)),
            _ => Ok(folders),
        }
    }

    fn check_count(&self) -> Result<()> {
        let found = self.sorted.classes.len();
        let without = self.sorted.left_out.iter().find(|out| out.why == Reason::NoPhotos);
        match (found, without) {
            (2.., _) => Ok(()),
            (_, Some(LeftOut { path, .. })) => Err(self.without_photos(path)),
            (_, None) => {
                let message = format!("{found} folders in it; it needs one for each class, two at least");
                Err(Error::file(&self.root, message))
            }
        }
    }

    /// The error for a class without photos, which says what its folder contains instead.
    pub fn without_photos(&self, class: &str) -> Error {
        let inside: Vec<LeftOut> = self
            .sorted
            .left_out
            .iter()
            .filter(|out| out.path.starts_with(&format!("{class}/")))
            .cloned()
            .collect();
        let instead = match candling_audit::in_words(&inside).as_str() {
            "" => String::new(),
            words => format!(" ({words})"),
        };
        let message = format!(
            "no photo in it that could be learnt from or looked at{instead}; each class needs one at least"
        );
        Error::file(&self.root.join(class), message)
    }

    pub fn classes(&self) -> &[String] {
        &self.sorted.classes
    }

    pub fn photos(&self) -> &[Photo] {
        &self.sorted.photos
    }

    /// The path of a photo.
    pub fn place(&self, photo: &Photo) -> PathBuf {
        self.root.join(&self.files[photo.file])
    }
}

/// Masks and their folder.
pub struct MaskFolder {
    root: PathBuf,
    files: Vec<PathBuf>,
    pub masks: Masks,
}

impl MaskFolder {
    /// Lists the masks of a folder; if it is the folder of the photos itself, those that lie among them.
    pub fn list(root: &Path, photos: &Folders) -> Result<Self> {
        let real = |path: &Path| std::fs::canonicalize(path).map_err(|e| Error::file(path, e));
        if real(root)? == real(&photos.root)? {
            let masks = Masks::beside(&photos.sorted);
            return Ok(Self { root: root.to_owned(), files: photos.files.clone(), masks });
        }
        let Walk { files, left_out, .. } = Walk::below(root, None)?;
        let (files, copies) = without_photos(root, files, photos);
        let paths: Vec<Vec<String>> = files.iter().map(|path| file_parts(path)).collect();
        let mut masks = Masks::of(&paths, &READ, |file| head(&root.join(&files[file])));
        masks.left_out.extend(left_out.into_iter().chain(copies));
        Ok(Self { root: root.to_owned(), files, masks })
    }

    /// The path of a mask, by its index.
    pub fn place(&self, mask: usize) -> PathBuf {
        self.root.join(&self.files[self.masks.files[mask].file])
    }
}

/// Hashes of photos that may be copies because others have the same length, by index. A file that cannot be
/// read is left out, and fails later.
fn contents(folders: &Folders) -> Result<HashMap<usize, [u8; 32]>> {
    let mut by_length: HashMap<u64, Vec<&Photo>> = HashMap::new();
    for photo in folders.photos() {
        if let Some(length) = length(&folders.place(photo)) {
            by_length.entry(length).or_default().push(photo);
        }
    }
    let doubtful: Vec<&Photo> = by_length.into_values().filter(|of| of.len() > 1).flatten().collect();
    let mut contents = HashMap::new();
    for_each(
        "comparing",
        &doubtful,
        |photo| hash(&folders.place(photo)),
        |photo, hash| {
            contents.extend(hash.map(|hash| (photo.file, hash)));
            Ok(())
        },
    )?;
    Ok(contents)
}

/// Splits files into those that are not photos of the audit, by content, and those that are: in a folder that
/// also contains the photos, or a copy of them, these are not masks.
fn without_photos(root: &Path, files: Vec<PathBuf>, photos: &Folders) -> (Vec<PathBuf>, Vec<LeftOut>) {
    let lengths: HashSet<u64> = files.iter().filter_map(|file| length(&root.join(file))).collect();
    let alike = photos.photos().iter().filter_map(|photo| {
        let path = photos.place(photo);
        length(&path).filter(|length| lengths.contains(length)).map(|length| (length, photo, path))
    });
    let mut known: HashMap<u64, HashMap<[u8; 32], &Photo>> = HashMap::new();
    for (length, photo, path) in alike {
        known.entry(length).or_default().extend(hash(&path).map(|hash| (hash, photo)));
    }
    let (mut others, mut copies) = (Vec::new(), Vec::new());
    for file in files {
        let path = root.join(&file);
        let alike = length(&path).and_then(|length| known.get(&length));
        match alike.and_then(|alike| alike.get(&hash(&path)?)) {
            Some(photo) => {
                copies.push(LeftOut { path: shown(&file), why: Reason::CopyOf(photo.name()) });
            }
            None => others.push(file),
        }
    }
    (others, copies)
}

/// The length of a file in bytes; `None` if the system does not tell.
fn length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|data| data.len())
}

/// SHA-256 of a file; `None` if it cannot be read.
fn hash(path: &Path) -> Option<[u8; 32]> {
    read(path).ok().map(|bytes| Sha256::digest(&bytes).into())
}

/// The first bytes of a file.
pub fn head(path: &Path) -> std::result::Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|e| e.to_string())
}
