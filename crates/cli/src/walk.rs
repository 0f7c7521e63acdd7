//! All files below a folder. Each folder is looked into once, however many links lead to it.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use candling_audit::{LeftOut, Reason, passed_by_name};

use crate::error::{Error, Result};
use crate::shown::shown;

/// What lies below a folder; paths go on from there.
pub struct Walk {
    /// In order.
    pub files: Vec<PathBuf>,
    /// In order; those that are passed over by their names too, though not what is in them.
    pub folders: Vec<PathBuf>,
    /// What could not be looked into, or has been already.
    pub left_out: Vec<LeftOut>,
}

impl Walk {
    /// Looks into a folder and all below it, but for `except`.
    ///
    /// # Errors
    /// If the folder itself cannot be read.
    pub fn below(root: &Path, except: Option<&Path>) -> Result<Self> {
        let real = fs::canonicalize(root).map_err(|e| Error::file(root, e))?;
        fs::read_dir(&real).map_err(|e| Error::file(root, e))?;
        let found = Self { files: Vec::new(), folders: Vec::new(), left_out: Vec::new() };
        // What is excepted counts as looked into.
        let known = except.and_then(|path| fs::canonicalize(path).ok()).filter(|path| *path != real);
        let mut walker =
            Walker { root: real, known: known.into_iter().collect(), links: BTreeSet::new(), found };
        walker.enter(PathBuf::new());
        // Links come after all folders: a folder goes by its own name, not by that of a link to it.
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
    /// Folders that were looked into, as they are called without links.
    known: HashSet<PathBuf>,
    /// Links to folders, those that lie highest first.
    links: BTreeSet<(usize, PathBuf)>,
    found: Walk,
}

impl Walker {
    fn enter(&mut self, folder: PathBuf) {
        // A list rather than a call within a call: folders can be very deep.
        let mut waiting = vec![folder];
        while let Some(folder) = waiting.pop() {
            match self.look_into(&folder) {
                Ok(inside) => waiting.extend(inside),
                Err(e) => self.leave_out(&folder, Reason::Unreadable(e.to_string())),
            }
        }
    }

    /// The folders in a folder. All else in it is noted.
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

/// A pipe would be waited for, perhaps for ever.
fn no_file() -> Reason {
    Reason::Unreadable("it is a pipe, a socket or a device".into())
}
