//! Reporting of the result of each photo as it comes, and at the end of failures and outputs that were not
//! written.

use candling_audit::in_words;
use serde::Serialize;

use crate::args::Saying;
use crate::each::{for_each, one_by_one};
use crate::error::{Error, Result};
use crate::printer;
use crate::report;
use crate::shown::{listed, shown};
use crate::subjects::{Subject, Subjects};

/// A line of JSON Lines about a photo that failed.
#[derive(Serialize)]
struct Failure<'a> {
    source: &'a str,
    error: &'a str,
}

/// The reporter of one command.
pub struct Teller<'a> {
    pub subjects: &'a Subjects,
    pub saying: &'a Saying,
    /// The work in progress, for the progress bar.
    pub doing: &'static str,
    /// The work done, for the final report.
    pub done: &'static str,
    /// Whether standard output receives a file, so that text goes to standard error.
    pub aside: bool,
    /// Whether files are written too, which continues when the reader of standard output is gone.
    pub writes: bool,
}

/// The state of reporting.
#[derive(Default)]
struct Told {
    failed: Vec<String>,
    /// Files that were not written because they exist.
    there: Vec<String>,
    reader_gone: bool,
}

impl Teller<'_> {
    /// Runs `work` for all inputs on all cores, and for several ends with a report and the `note` on all.
    ///
    /// # Errors
    /// As [`Teller::tell`] and [`Teller::end`].
    pub fn all(&self, note: Option<String>, work: impl Fn(&Subject) -> Result<String> + Sync) -> Result<()> {
        let mut told = self.begin()?;
        for_each(self.bar(), &self.subjects.all, work, |subject, result| {
            self.tell(&mut told, subject, result)
        })?;
        self.end(&told, note.as_deref())
    }

    /// The same on this thread, for a GPU.
    ///
    /// # Errors
    /// As [`Teller::all`].
    pub fn all_in_turn(&self, note: Option<String>, work: impl Fn(&Subject) -> Result<String>) -> Result<()> {
        let mut told = self.begin()?;
        one_by_one(self.bar(), &self.subjects.all, work, |subject, result| {
            self.tell(&mut told, subject, result)
        })?;
        self.end(&told, note.as_deref())
    }

    fn bar(&self) -> Option<&'static str> {
        (!self.saying.quiet).then_some(self.doing)
    }

    fn begin(&self) -> Result<Told> {
        let mut told = Told::default();
        for missing in &self.subjects.missing {
            self.failure(&mut told, missing.path(), missing)?;
        }
        Ok(told)
    }

    /// Reports the result of one input.
    ///
    /// # Errors
    /// If it is the only input and failed; of several, if an option is wrong for all.
    fn tell(&self, told: &mut Told, subject: &Subject, result: Result<String>) -> Result<()> {
        let name = shown(&subject.path);
        match result {
            Ok(report) => self.say(told, &name, &report),
            Err(Error::ReaderGone) => Err(Error::ReaderGone),
            Err(e) if e.is_bad_use() => Err(e),
            Err(e) if !self.subjects.several => {
                if self.saying.jsonl {
                    self.print(told, &line(&name, &e)?)?;
                }
                Err(e)
            }
            Err(e) => self.failure(told, &name, &e),
        }
    }

    fn failure(&self, told: &mut Told, name: &str, e: &Error) -> Result<()> {
        printer::aside(format!("error: {name}: {}", about(name, e)));
        match e {
            Error::There { files } => told.there.extend(files.iter().cloned()),
            _ => told.failed.push(name.to_owned()),
        }
        if self.saying.jsonl { self.print(told, &line(name, e)?) } else { Ok(()) }
    }

    fn say(&self, told: &mut Told, name: &str, report: &str) -> Result<()> {
        if self.saying.json || self.saying.jsonl {
            return self.print(told, report);
        }
        if self.saying.quiet {
            return Ok(());
        }
        if !self.subjects.several {
            return self.print(told, report);
        }
        let lines: Vec<String> = report.lines().map(|line| format!("{name}: {line}")).collect();
        self.print(told, &lines.join("\n"))
    }

    fn print(&self, told: &mut Told, text: &str) -> Result<()> {
        if self.aside {
            printer::aside(text);
            return Ok(());
        }
        if told.reader_gone {
            return Ok(());
        }
        match printer::line(text) {
            Err(Error::ReaderGone) if self.writes => {
                told.reader_gone = true;
                Ok(())
            }
            printed => printed,
        }
    }

    /// # Errors
    /// If some failed, how many and which; likewise for files that were not written because they exist.
    fn end(&self, told: &Told, note: Option<&str>) -> Result<()> {
        let words = !(self.saying.quiet || self.saying.json || self.saying.jsonl);
        if let Some(note) = note.filter(|_| words && self.subjects.several) {
            printer::aside(note);
        }
        let Subjects { all, missing, left_out, .. } = self.subjects;
        if !left_out.is_empty() && !self.saying.quiet {
            printer::aside(in_words(left_out));
        }
        let mut parts = Vec::new();
        if !told.failed.is_empty() {
            let (failed, of) = (told.failed.len(), all.len() + missing.len());
            parts.push(format!("{failed} of {of} could not be {}: {}", self.done, listed(&told.failed)));
        }
        if let amount @ 1.. = told.there.len() {
            let (files, are, them) = match amount {
                1 => ("file", "is", "it"),
                _ => ("files", "are", "them"),
            };
            parts.push(format!(
                "not written: {amount} {files} {are} there already: {}; --overwrite replaces {them}",
                listed(&told.there)
            ));
        }
        if parts.is_empty() { Ok(()) } else { Err(Error::Unfinished { parts }) }
    }
}

/// The error without the name of the input, which is given separately.
fn about(name: &str, e: &Error) -> String {
    match e {
        Error::File { path, message } if path == name => message.clone(),
        e => e.to_string(),
    }
}

fn line(name: &str, e: &Error) -> Result<String> {
    report::json(&Failure { source: name, error: &about(name, e) })
}
