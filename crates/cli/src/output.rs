//! Files that are written completely or not at all: into a temporary file beside the target, which is then
//! renamed, so that a full disk, a crash or an interruption leaves the target as it was.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

use crate::error::{Error, Result};
use crate::shown::shown;
use crate::standard;

/// Largest number of symbolic links to follow, as in Linux.
const MAX_LINKS: usize = 40;

/// The target of an output.
pub struct Output {
    /// The path as it was given.
    path: PathBuf,
    kind: FileKind,
}

enum FileKind {
    /// A file, existing or not, with links resolved; links stay.
    File(PathBuf),
    /// A device, a pipe or a descriptor of this process, which cannot be replaced by renaming.
    Stream(PathBuf),
}

impl Output {
    /// Resolves the path and checks that it can be written to, so that this is known before any long work.
    /// Changes nothing.
    ///
    /// # Errors
    /// For a folder, for `-`, and for a path that cannot be written to.
    pub fn new(path: &Path) -> Result<Self> {
        if standard::is_standard_stream(path) {
            let message = "standard output takes the report; name a file (one that is called - is ./-)";
            return Err(Error::file(path, message));
        }
        let tried = FileKind::of(path).and_then(|kind| {
            if let FileKind::File(file) = &kind {
                beside(file)?;
            }
            Ok(kind)
        });
        let kind = tried.map_err(|e| Error::file(path, e))?;
        Ok(Self { path: path.to_owned(), kind })
    }

    /// The file with links resolved; `None` for a device or a pipe.
    pub fn file(&self) -> Option<&Path> {
        match &self.kind {
            FileKind::File(file) => Some(file),
            FileKind::Stream(_) => None,
        }
    }

    /// Whether two outputs would overwrite each other.
    pub fn is_same(&self, other: &Self) -> bool {
        self.file().is_some() && self.file() == other.file()
    }

    /// An error about this output.
    pub fn failed(&self, message: impl ToString) -> Error {
        Error::file(&self.path, message)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written completely; then the file is unchanged.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        let written = match &self.kind {
            FileKind::File(file) => replace(file, bytes),
            FileKind::Stream(stream) => send(stream, bytes),
        };
        written.map_err(|e| self.failed(e))
    }
}

/// Writes a file completely or not at all.
///
/// # Errors
/// The errors of [`Output::new`] and [`Output::write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    Output::new(path)?.write(bytes)
}

/// Writes a new file completely or not at all; never replaces one, even if it appeared meanwhile.
///
/// # Errors
/// If the file exists, or cannot be written completely.
pub fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    let create = || {
        let part = filled(path, bytes)?;
        part.file.persist_noclobber(path)?;
        Ok(())
    };
    create().map_err(|e: io::Error| match e.kind() {
        ErrorKind::AlreadyExists => Error::There { files: vec![shown(path)] },
        _ => Error::file(path, e),
    })
}

impl FileKind {
    fn of(path: &Path) -> io::Result<Self> {
        if path
            .as_os_str()
            .as_encoded_bytes()
            .last()
            .is_some_and(|&last| std::path::is_separator(last.into()))
        {
            return Err(folder_given());
        }
        let mut end = path.to_owned();
        for _ in 0..MAX_LINKS {
            let folder = folder_of(&end)?;
            let name = end.file_name().ok_or_else(folder_given)?;
            // a descriptor of this process may lead to any file, opened in any way, and cannot be replaced by
            // renaming
            if folder.starts_with("/proc") || folder == Path::new("/dev/fd") {
                return Ok(Self::Stream(end));
            }
            let here = folder.join(name);
            match fs::symlink_metadata(&here) {
                Ok(there) if there.is_symlink() => end = folder.join(fs::read_link(&here)?),
                Ok(there) if there.is_dir() => return Err(folder_given()),
                Ok(there) if !there.is_file() => return Ok(Self::Stream(here)),
                Ok(_) => return Ok(Self::File(here)),
                Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Self::File(here)),
                Err(e) => return Err(e),
            }
        }
        Err(io::Error::other("a link that leads to itself"))
    }
}

fn folder_given() -> io::Error {
    io::Error::new(ErrorKind::IsADirectory, "a folder; name a file in it")
}

/// The folder of a file that exists or will.
fn folder_of(file: &Path) -> io::Result<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = fs::canonicalize(folder)?;
    if found.is_dir() { Ok(found) } else { Err(ErrorKind::NotADirectory.into()) }
}

/// A temporary file beside the target. It is removed unless it is renamed to the target.
struct Part {
    file: NamedTempFile,
    _noted: Noted,
}

/// Existing temporary files.
static PARTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// An entry in [`PARTS`], removed on drop.
struct Noted(PathBuf);

impl Drop for Noted {
    fn drop(&mut self) {
        parts().retain(|part| *part != self.0);
    }
}

fn parts() -> MutexGuard<'static, Vec<PathBuf>> {
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes temporary files when the command is interrupted. No new ones are made after that.
pub fn remove_unfinished() {
    let parts = parts();
    for part in parts.iter() {
        let _ = fs::remove_file(part);
    }
    // the lock is never released
    std::mem::forget(parts);
}

/// Creates an empty temporary file with the permissions that the target has or will get.
fn beside(file: &Path) -> io::Result<Part> {
    let folder = folder_of(file)?;
    let mut builder = Builder::new();
    builder.prefix(".candling-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let before = match OpenOptions::new().write(true).open(file) {
        // renaming would bypass the write protection of a file
        Ok(before) => Some(before.metadata()?.permissions()),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    let mut parts = parts();
    let part = builder.tempfile_in(&folder).map_err(|e| {
        let why = io::Error::from(e.kind());
        io::Error::new(e.kind(), format!("nothing can be written into {}: {why}", folder.display()))
    })?;
    parts.push(part.path().to_owned());
    drop(parts);
    let part = Part { _noted: Noted(part.path().to_owned()), file: part };
    if let Some(permissions) = before {
        part.file.as_file().set_permissions(permissions)?;
    }
    Ok(part)
}

/// Creates a temporary file with the contents, flushed to disk.
fn filled(file: &Path, bytes: &[u8]) -> io::Result<Part> {
    let mut part = beside(file)?;
    part.file.write_all(bytes)?;
    part.file.as_file().sync_all()?;
    Ok(part)
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = filled(file, bytes)?;
    part.file.persist(file)?;
    Ok(())
}

fn send(stream: &Path, bytes: &[u8]) -> io::Result<()> {
    // the report may go there as well: written through the same stream, neither overwrites the other
    if ["/dev/stdout", "/proc/self/fd/1"].iter().any(|own| stream == Path::new(own)) {
        let mut stdout = io::stdout();
        return stdout.write_all(bytes).and_then(|()| stdout.flush());
    }
    OpenOptions::new().append(true).open(stream)?.write_all(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The names of the files in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.bin");
        for bytes in [b"first".as_slice(), b"second", b""] {
            write(&file, bytes).unwrap();
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
        assert_eq!(names(folder.path()), ["a.bin"]);
    }

    #[test]
    fn a_name_as_long_as_names_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("n".repeat(255));
        write(&file, b"whole").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"whole");
    }

    #[test]
    fn a_folder_and_a_file_in_no_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let words = |path: &Path| write(path, b"").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(words(folder.path()).ends_with("a folder; name a file in it"));
        for folder in [folder.path().join(".."), folder.path().join("none/")] {
            assert!(words(&folder).ends_with("a folder; name a file in it"), "{}", folder.display());
        }
        assert!(words(&folder.path().join("none/a.bin")).contains("No such file"));
        fs::write(folder.path().join("file"), b"").unwrap();
        assert!(words(&folder.path().join("file/a.bin")).contains("ot a directory"));
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn links_stay_and_what_they_lead_to_is_written() {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("elsewhere")).unwrap();
            let link = folder.path().join("link");
            symlink("elsewhere/a.bin", &link).unwrap();
            for bytes in [b"through a link to nothing yet".as_slice(), b"and once more"] {
                write(&link, bytes).unwrap();
                assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
                assert_eq!(fs::read(folder.path().join("elsewhere/a.bin")).unwrap(), bytes);
            }
            assert_eq!(names(&folder.path().join("elsewhere")), ["a.bin"]);
            symlink("round", folder.path().join("round")).unwrap();
            assert!(write(&folder.path().join("round"), b"").is_err());
        }

        #[test]
        fn permissions_stay_and_those_of_a_new_file_are_the_usual_ones() {
            let folder = tempfile::tempdir().unwrap();
            let [usual, ours] = ["usual", "ours"].map(|name| folder.path().join(name));
            let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
            fs::write(&usual, b"").unwrap();
            write(&ours, b"").unwrap();
            assert_eq!(mode(&ours), mode(&usual));
            fs::set_permissions(&ours, PermissionsExt::from_mode(0o640)).unwrap();
            write(&ours, b"again").unwrap();
            assert_eq!(mode(&ours), 0o640);
        }

        #[test]
        fn a_device_is_written_to_as_it_is() {
            write(Path::new("/dev/null"), b"gone").unwrap();
            assert!(!fs::metadata("/dev/null").unwrap().is_file());
            let folder = tempfile::tempdir().unwrap();
            let link = folder.path().join("null");
            symlink("/dev/null", &link).unwrap();
            write(&link, b"gone").unwrap();
            assert_eq!(names(folder.path()), ["null"]);
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_device_that_is_full_is_an_error() {
            let error = write(Path::new("/dev/full"), b"too much").unwrap_err().to_string();
            assert!(error.starts_with("/dev/full: No space left"), "{error}");
        }
    }
}
