//! Files that were left out, as reports list them.

use candling_audit::{LeftOut, in_words};
use serde::Serialize;

/// Number of files up to which each is listed; of more, some of each kind.
const NAMED: usize = 10;

/// A file or folder that was left out.
#[derive(Serialize)]
pub struct Skipped {
    pub file: String,
    /// A stable identifier: `unreadable`, `mask`, `format-not-read`, ...
    pub code: &'static str,
    pub why: String,
}

impl From<&LeftOut> for Skipped {
    fn from(LeftOut { path, why }: &LeftOut) -> Self {
        Self { file: path.clone(), code: why.code(), why: why.words() }
    }
}

/// Lines on files that were left out by kind, and on photos that failed for reasons of their own.
pub fn lines(left_out: &[LeftOut], photos: &[(&str, &str)]) -> Vec<String> {
    let line = |(file, why): (&str, &str)| format!("left out: {file}: {why}");
    let mut lines = Vec::new();
    if left_out.len() <= NAMED {
        lines.extend(left_out.iter().map(|out| line((&out.path, &out.why.words()))));
    } else {
        lines.push(in_words(left_out));
    }
    lines.extend(photos.iter().take(NAMED).copied().map(line));
    if let Some(more) = photos.len().checked_sub(NAMED).filter(|&more| more > 0) {
        lines.push(format!("left out: {more} photos more; --json names all"));
    }
    lines
}
