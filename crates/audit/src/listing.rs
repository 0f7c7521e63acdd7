//! Sorting of a folder: photos, masks, and files that are left out.

use std::collections::{BTreeMap, HashSet};

use candling_imaging::Format;

use crate::beside;
use crate::place::mask_folder;
use crate::reason::{LeftOut, Reason};

/// Number of first bytes of a file from which its format is recognised.
pub const HEAD_BYTES: usize = 1024;

/// The formats that the command reads; browsers read all of them but TIFF.
pub const READ: [Format; 6] =
    [Format::Jpeg, Format::Png, Format::Gif, Format::Webp, Format::Bmp, Format::Tiff];

/// Names of files and folders that operating systems create, in lower case.
const SYSTEM: [&str; 8] = [
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "icon\r",
    "__macosx",
    "@eadir",
    "$recycle.bin",
    "system volume information",
];

/// A photo of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Index of the file in the list that was given.
    pub file: usize,
    /// Path below the folder of all classes: class, groups, name.
    pub path: Vec<String>,
    /// Index of the class.
    pub class: usize,
    /// Format, by content.
    pub format: Format,
    /// Paths of photos with the same bytes, which are left out; see [`Sorted::take_once`]. Their masks count
    /// as masks of this photo.
    pub copies: Vec<Vec<String>>,
}

impl Photo {
    /// The folders between that of the class and the photo, joined by `/`; empty if there are none.
    #[must_use]
    pub fn group(&self) -> String {
        self.path.get(1..self.path.len().saturating_sub(1)).unwrap_or_default().join("/")
    }

    /// The photo's own path, then those of its copies.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &[String]> {
        std::iter::once(self.path.as_slice()).chain(self.copies.iter().map(Vec::as_slice))
    }

    /// The path joined by `/`, as in reports.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.join("/")
    }
}

/// A picture that is a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskFile {
    /// Index of the file in the list that was given.
    pub file: usize,
    /// Path below the folder that was listed.
    pub path: Vec<String>,
}

/// The contents of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sorted {
    /// Names of the folders that are classes, that is, contain photos, in byte order.
    pub classes: Vec<String>,
    /// Photos by class, group and name, in byte order, folder by folder.
    pub photos: Vec<Photo>,
    /// Masks that lie among the photos; they are in `left_out` too.
    pub masks: Vec<MaskFile>,
    /// Everything else, in order of path.
    pub left_out: Vec<LeftOut>,
}

/// A picture among the files, in a supported format or not.
pub(crate) struct PictureFile<'a> {
    pub(crate) file: usize,
    pub(crate) path: &'a [String],
    pub(crate) format: Format,
}

/// Returns why an entry of this name is left out with everything in it, so that a walk need not enter it.
#[must_use]
pub fn passed_by_name(name: &str) -> Option<Reason> {
    if SYSTEM.contains(&name.to_lowercase().as_str()) {
        Some(Reason::System)
    } else {
        name.starts_with('.').then_some(Reason::Hidden)
    }
}

/// Sorts the files below a folder of classes. `files` are their paths relative to it, folder by folder, the
/// name last; `folders` those of folders, which need not include folders that contain files. `read` are the
/// formats that can be read. `head` returns the first [`HEAD_BYTES`] of a file, given its index, or why they
/// cannot be read; it is not called for files that are left out by name.
pub fn sort(
    files: &[Vec<String>],
    folders: &[Vec<String>],
    read: &[Format],
    mut head: impl FnMut(usize) -> Result<Vec<u8>, String>,
) -> Sorted {
    let mut left_out: BTreeMap<&[String], Reason> = BTreeMap::new();
    let mut pictures: Vec<PictureFile<'_>> = Vec::new();
    for (file, path) in files.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        if let Some((passed, why)) = passed(path) {
            left_out.insert(passed, why);
            continue;
        }
        match head(file).map_err(Reason::Unreadable).and_then(|bytes| picture(&bytes)) {
            Ok(format) => pictures.push(PictureFile { file, path, format }),
            Err(why) => drop(left_out.insert(path, why)),
        }
    }
    // lists of files have no entries for folders: sorted by path, the order is the same natively and in a
    // page
    pictures.sort_by(|a, b| a.path.cmp(b.path));

    let masks = beside::masks(&pictures);
    let mut sorted = Sorted::default();
    for picture in &pictures {
        let PictureFile { file, path, format } = *picture;
        let why = if masks.contains(&file) {
            sorted.masks.push(MaskFile { file, path: path.to_vec() });
            Reason::Mask
        } else if !read.contains(&format) {
            Reason::NotRead(format)
        } else if let [class, _, ..] = path {
            if sorted.classes.last() != Some(class) {
                sorted.classes.push(class.clone());
            }
            let class = sorted.classes.len() - 1;
            sorted.photos.push(Photo { file, path: path.to_vec(), class, format, copies: Vec::new() });
            continue;
        } else {
            Reason::BesideClasses
        };
        left_out.insert(path, why);
    }
    let held: HashSet<&String> = sorted.classes.iter().collect();
    let of_masks: HashSet<&String> = sorted
        .masks
        .iter()
        .filter_map(|mask| mask.path.first())
        .filter(|name| mask_folder(name).is_some())
        .collect();
    for path in
        folders.iter().chain(files.iter().filter(|path| path.len() > 1)).filter(|path| !path.is_empty())
    {
        if let Some((passed, why)) = passed(path) {
            left_out.insert(passed, why);
        } else if !held.contains(&path[0]) && !of_masks.contains(&path[0]) {
            left_out.insert(&path[..1], Reason::NoPhotos);
        }
    }
    sorted.left_out = left_out.into_iter().map(|(path, why)| LeftOut { path: path.join("/"), why }).collect();
    sorted
}

/// The shortest leading part of a path that is left out by name, and why.
fn passed(path: &[String]) -> Option<(&[String], Reason)> {
    (0..path.len()).find_map(|at| passed_by_name(&path[at]).map(|why| (&path[..=at], why)))
}

/// The format of a picture, given its first bytes, or why the file is none.
pub(crate) fn picture(head: &[u8]) -> Result<Format, Reason> {
    match Format::of(head) {
        Some(format) if format.is_picture() => Ok(format),
        None if head.is_empty() => Err(Reason::Empty),
        other => Err(Reason::NotAPicture(other)),
    }
}
