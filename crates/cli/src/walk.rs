//! Listing of all files below a folder. Each folder is read once, however many links lead to it.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use candling_audit::{LeftOut, Reason, passed_by_name};

use crate::error::{Error, Result};
use crate::shown::shown;

/// The contents of a folder, as paths relative to it.
pub struct Walk {
    /// All files, in order.
    pub files: Vec<PathBuf>,
    /// All folders, in order, including those that are left out by name, but not their contents.
    pub folders: Vec<PathBuf>,
    /// Folders that could not be read, or were read already.
    pub left_out: Vec<LeftOut>,
}

impl Walk {
    /// Lists a folder and everything below it, except `except`.
    ///
    /// # Errors
    /// If the folder itself cannot be read.
    pub fn below(root: &Path, except: Option<&Path>) -> Result<Self> {
        let real = fs::canonicalize(root).map_err(|e| Error::file(root, e))?;
        fs::read_dir(&real).map_err(|e| Error::file(root, e))?;
        let found = Self { files: Vec::new(), folders: Vec::new(), left_out: Vec::new() };
        // the exception counts as read
        let known = except.and_then(|path| fs::canonicalize(path).ok()).filter(|path| *path != real);
        let mut walker =
            Walker { root: real, known: known.into_iter().collect(), links: BTreeSet::new(), found };
        walker.enter(PathBuf::new());
        // links are followed after all folders, so that a folder has its own name and not that of a link
        while let Some((_, link)) = walker.links.pop_first() {
            walker.follow(link);
        }
        let mut found = walker.found;
        found.files.sort();
        found.folders.sort();
        Ok(found)
    }
}

struct Walker {
    root: PathBuf,
    /// Real paths of folders that were read.
    known: HashSet<PathBuf>,
    /// Links to folders, the highest first.
    links: BTreeSet<(usize, PathBuf)>,
    found: Walk,
}

impl Walker {
    fn enter(&mut self, folder: PathBuf) {
        // a stack instead of recursion: folders can be very deep
        let mut waiting = vec![folder];
        while let Some(folder) = waiting.pop() {
            match self.look_into(&folder) {
                Ok(inside) => waiting.extend(inside),
                Err(e) => self.leave_out(&folder, Reason::Unreadable(e.to_string())),
            }
        }
    }

    /// Returns the folders in a folder, and records everything else.
    fn look_into(&mut self, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
        let here = self.root.join(folder);
        if !self.known.insert(fs::canonicalize(&here)?) {
            return Ok(Vec::new());
        }
        if folder.components().next().is_some() {
            self.found.folders.push(folder.to_owned());
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(&here)? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            let is_passed = entry.file_name().to_str().is_some_and(|name| passed_by_name(name).is_some());
            let kind = entry.file_type()?;
            match (kind.is_dir(), is_passed) {
                (true, true) => self.found.folders.push(path),
                (true, false) => inside.push(path),
                (false, true) => self.found.files.push(path),
                (false, false) if kind.is_file() => self.found.files.push(path),
                (false, false) if kind.is_symlink() => self.note_link(path),
                (false, false) => self.leave_out(&path, no_file()),
            }
        }
        Ok(inside)
    }

    fn note_link(&mut self, link: PathBuf) {
        match fs::metadata(self.root.join(&link)) {
            Err(e) => self.leave_out(&link, Reason::Unreadable(format!("a link that leads nowhere: {e}"))),
            Ok(there) if there.is_dir() => drop(self.links.insert((link.components().count(), link))),
            Ok(there) if there.is_file() => self.found.files.push(link),
            Ok(_) => self.leave_out(&link, no_file()),
        }
    }

    fn follow(&mut self, link: PathBuf) {
        let here = self.root.join(&link);
        let around = here.parent().map_or_else(|| Ok(self.root.clone()), fs::canonicalize);
        match (fs::canonicalize(&here), around) {
            (Ok(target), Ok(around)) => {
                let leads_back = around.starts_with(&target) || self.root.starts_with(&target);
                if leads_back || self.known.contains(&target) {
                    self.leave_out(&link, Reason::Twice);
                } else {
                    self.enter(link);
                }
            }
            (Err(e), _) | (_, Err(e)) => self.leave_out(&link, Reason::Unreadable(e.to_string())),
        }
    }

    fn leave_out(&mut self, path: &Path, why: Reason) {
        self.found.left_out.push(LeftOut { path: shown(path), why });
    }
}

/// The reason for leaving out pipes and devices: reading one might block for ever.
fn no_file() -> Reason {
    Reason::Unreadable("it is a pipe, a socket or a device".into())
}
