//! What goes to standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Prints text and ends its line, at once.
///
/// # Errors
/// [`Error::ReaderGone`] where whoever reads has read enough (`candling inspect | head`).
pub fn line(text: &str) -> Result<()> {
    bytes(format!("{text}\n").as_bytes())
}

/// Prints a text that has its own last line end.
///
/// # Errors
/// As [`line`].
pub fn text(text: &[u8]) -> Result<()> {
    bytes(text)
}

/// Hands a file over on standard output.
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

/// Says something beside the report. If nobody hears that, nothing else can be done about it.
pub fn aside(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
