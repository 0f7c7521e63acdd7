//! The path `-`, which stands for standard input or output. A file of that name is `./-`.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Whether a path stands for standard input or output.
pub fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the bytes of a file, or of standard input.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    if !is_standard_stream(path) {
        return fs::read(path).map_err(|e| Error::file(path, e));
    }
    static READ: AtomicBool = AtomicBool::new(false);
    if READ.swap(true, Ordering::SeqCst) {
        return Err(Error::file(path, "named twice; it can be read once"));
    }
    let mut stdin = io::stdin().lock();
    if stdin.is_terminal() {
        return Err(Error::file(path, "nothing comes from it but what is typed; put a file or a pipe there"));
    }
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes).map_err(|e| Error::file(path, e))?;
    Ok(bytes)
}
