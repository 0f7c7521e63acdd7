//! Standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Prints a line and flushes it.
///
/// # Errors
/// [`Error::ReaderGone`] if the reader has closed the pipe (`candling inspect | head`).
pub fn line(text: &str) -> Result<()> {
    bytes(format!("{text}\n").as_bytes())
}

/// Prints text that ends in a line break.
///
/// # Errors
/// As [`line`].
pub fn text(text: &[u8]) -> Result<()> {
    bytes(text)
}

/// Writes a file to standard output.
///
/// # Errors
/// As [`line`], and for a terminal, which would show it as gibberish.
pub fn file(contents: &[u8]) -> Result<()> {
    if io::stdout().is_terminal() {
        let message = "a terminal, which cannot show it; name a file, or put `> FILE` behind the command";
        return Err(Error::file(Path::new(STDOUT), message));
    }
    bytes(contents)
}

const STDOUT: &str = "standard output";

fn bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Err(Error::ReaderGone),
        Err(e) => Err(Error::file(Path::new(STDOUT), e)),
        Ok(()) => Ok(()),
    }
}

/// Prints a message to standard error. Failure to do so is ignored, as there is no other way to report it.
pub fn aside(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
