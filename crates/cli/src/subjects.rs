//! The inputs of a command: photos, all photos below folders, or a tensor from a file.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use candling_audit::{LeftOut, READ, Reason, sort};
use candling_core::Error as CoreError;

use crate::args::{Saying, Source};
use crate::error::{Error, Result};
use crate::folders::head;
use crate::shown::{folder_parts, shown};
use crate::standard;
use crate::walk::Walk;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    Photo,
    Tensor,
}

/// One input.
pub struct Subject {
    pub kind: SubjectKind,
    /// The path as it was given; `-` for standard input.
    pub path: PathBuf,
    /// Path of its outputs in an output folder, relative to the folder that all inputs have in common.
    pub below: PathBuf,
}

impl Subject {
    pub fn bytes(&self) -> Result<Vec<u8>> {
        standard::read(&self.path)
    }

    /// An error about this input.
    pub fn error(&self, why: impl ToString) -> Error {
        Error::file(&self.path, why)
    }
}

/// All inputs.
pub struct Subjects {
    pub all: Vec<Subject>,
    /// Whether several were asked for, if only by a folder.
    pub several: bool,
    /// Folders without photos, and photos in folders that cannot be read.
    pub missing: Vec<Error>,
    /// Files in folders that are not photos to look at: masks, texts, ...
    pub left_out: Vec<LeftOut>,
}

/// Stand-in class name for a given folder while it is sorted.
const CLASS: &str = "photos";

/// File name of the outputs for standard input.
const STANDARD_INPUT: &str = "standard-input";

impl Subjects {
    /// Finds the photos. Each is used once, however often it is given; `outputs` are folders that are
    /// skipped.
    ///
    /// # Errors
    /// If there is none, and for an output folder among the photos.
    pub fn of(source: &Source, outputs: &[Option<&Path>]) -> Result<Self> {
        let mut gathered = Gathered::default();
        if let Some(path) = &source.input {
            gathered.add(SubjectKind::Tensor, path.clone(), Some(standing(path)));
        }
        let outputs: Vec<PathBuf> =
            outputs.iter().flatten().filter_map(|path| path.canonicalize().ok()).collect();
        for path in &source.photos {
            if standard::is_standard_stream(path) {
                gathered.add(SubjectKind::Photo, path.clone(), None);
            } else if path.is_dir() {
                gathered.folder(path, &outputs)?;
            } else {
                gathered.add(SubjectKind::Photo, path.clone(), Some(standing(path)));
            }
        }
        let several = source.photos.len() > 1 || source.photos.iter().any(|path| path.is_dir());
        let Gathered { found, common, mut missing, left_out, .. } = gathered;
        if found.is_empty() {
            return Err(missing.swap_remove(0));
        }
        let of_file = |real: &PathBuf| match &common {
            Some(common) => real.strip_prefix(common).unwrap_or(real).to_owned(),
            None => real.clone(),
        };
        let belows: Vec<Option<PathBuf>> =
            found.iter().map(|(_, _, real)| real.as_ref().map(of_file)).collect();
        // a photo may have that name, too
        let mut standard = OsString::from(STANDARD_INPUT);
        while belows.iter().flatten().any(|below| below.as_os_str() == standard) {
            standard.push("-");
        }
        let all = found.into_iter().zip(belows).map(|((kind, path, _), below)| {
            let below = below.unwrap_or_else(|| PathBuf::from(&standard));
            Subject { kind, path, below }
        });
        Ok(Self { all: all.collect(), several, missing, left_out })
    }
}

impl Subjects {
    /// Checks that the report fits one JSON object.
    ///
    /// # Errors
    /// For `--json` with several inputs.
    pub fn check_saying(&self, saying: &Saying) -> Result<()> {
        if self.several && saying.json {
            let message = "json: one object, of one photo; `--jsonl` prints one for each of several";
            return Err(CoreError::BadArgument(message.into()).into());
        }
        Ok(())
    }
}

#[derive(Default)]
struct Gathered {
    /// The paths as given, and their real paths on disk.
    found: Vec<(SubjectKind, PathBuf, Option<PathBuf>)>,
    known: HashSet<Option<PathBuf>>,
    /// The innermost folder that contains all.
    common: Option<PathBuf>,
    missing: Vec<Error>,
    left_out: Vec<LeftOut>,
}

impl Gathered {
    fn add(&mut self, kind: SubjectKind, path: PathBuf, real: Option<PathBuf>) {
        if !self.known.insert(real.clone()) {
            return;
        }
        if let Some(folder) = real.as_deref().and_then(Path::parent) {
            self.widen(folder);
        }
        self.found.push((kind, path, real));
    }

    /// Widens `common` to contain this folder.
    fn widen(&mut self, folder: &Path) {
        let common = self.common.get_or_insert_with(|| folder.to_owned());
        while !folder.starts_with(&*common) && common.pop() {}
    }

    fn folder(&mut self, folder: &Path, outputs: &[PathBuf]) -> Result<()> {
        let real = folder.canonicalize().map_err(|e| Error::file(folder, e))?;
        if outputs.contains(&real) {
            let message =
                "what is written into it would be taken for photos the next time; name another folder";
            return Err(Error::file(folder, message));
        }
        self.widen(&real);
        let Walk { mut files, left_out, .. } = Walk::below(folder, None)?;
        files.retain(|file| !outputs.iter().any(|output| real.join(file).starts_with(output)));
        // the rules are for folders of classes: this is the folder of one class
        let paths: Vec<Vec<String>> =
            files.iter().map(|file| [vec![CLASS.to_owned()], folder_parts(file)].concat()).collect();
        let sorted = sort(&paths, &[], &READ, |file| head(&folder.join(&files[file])));
        if sorted.photos.is_empty() {
            self.missing.push(Error::file(folder, "no photo in it, nor in the folders in it"));
        }
        for photo in &sorted.photos {
            let file = &files[photo.file];
            self.add(SubjectKind::Photo, folder.join(file), Some(real.join(file)));
        }
        let below = |path: &str| path.strip_prefix(CLASS).unwrap_or(path).trim_start_matches('/').to_owned();
        let of_class =
            sorted.left_out.into_iter().map(|out| LeftOut { path: below(&out.path), why: out.why });
        for LeftOut { path, why } in of_class.chain(left_out) {
            let path = format!("{}/{path}", shown(folder));
            match why {
                // these may have been meant as photos, and fail
                Reason::NotRead(_) | Reason::Unreadable(_) => {
                    self.missing.push(Error::File { path, message: why.words() });
                }
                Reason::Hidden | Reason::System | Reason::NoPhotos => {}
                why => self.left_out.push(LeftOut { path, why }),
            }
        }
        Ok(())
    }
}

/// Resolves links and `..` before the last part of a path, also for a file that does not exist.
fn standing(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
