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
pub struct Reporter<'a> {
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
struct Reported {
    failed: Vec<String>,
    /// Files that were not written because they exist.
    there: Vec<String>,
    reader_gone: bool,
}

impl Reporter<'_> {
    /// Runs `work` for all inputs on all cores, and for several ends with a report and the `note` on all.
    ///
    /// # Errors
    /// As [`Reporter::report`] and [`Reporter::end`].
    pub fn all(&self, note: Option<String>, work: impl Fn(&Subject) -> Result<String> + Sync) -> Result<()> {
        let mut reported = self.begin()?;
        for_each(self.bar(), &self.subjects.all, work, |subject, result| {
            self.report(&mut reported, subject, result)
        })?;
        self.end(&reported, note.as_deref())
    }

    /// The same on this thread, for a GPU.
    ///
    /// # Errors
    /// As [`Reporter::all`].
    pub fn all_in_turn(&self, note: Option<String>, work: impl Fn(&Subject) -> Result<String>) -> Result<()> {
        let mut reported = self.begin()?;
        one_by_one(self.bar(), &self.subjects.all, work, |subject, result| {
            self.report(&mut reported, subject, result)
        })?;
        self.end(&reported, note.as_deref())
    }

    fn bar(&self) -> Option<&'static str> {
        (!self.saying.quiet).then_some(self.doing)
    }

    fn begin(&self) -> Result<Reported> {
        let mut reported = Reported::default();
        for missing in &self.subjects.missing {
            self.failure(&mut reported, missing.path(), missing)?;
        }
        Ok(reported)
    }

    /// Reports the result of one input.
    ///
    /// # Errors
    /// If it is the only input and failed; of several, if an option is wrong for all.
    fn report(&self, reported: &mut Reported, subject: &Subject, result: Result<String>) -> Result<()> {
        let name = shown(&subject.path);
        match result {
            Ok(report) => self.say(reported, &name, &report),
            Err(Error::ReaderGone) => Err(Error::ReaderGone),
            Err(e) if e.is_bad_use() => Err(e),
            Err(e) if !self.subjects.several => {
                if self.saying.jsonl {
                    self.print(reported, &line(&name, &e)?)?;
                }
                Err(e)
            }
            Err(e) => self.failure(reported, &name, &e),
        }
    }

    fn failure(&self, reported: &mut Reported, name: &str, e: &Error) -> Result<()> {
        printer::aside(format!("error: {name}: {}", about(name, e)));
        match e {
            Error::There { files } => reported.there.extend(files.iter().cloned()),
            _ => reported.failed.push(name.to_owned()),
        }
        if self.saying.jsonl { self.print(reported, &line(name, e)?) } else { Ok(()) }
    }

    fn say(&self, reported: &mut Reported, name: &str, report: &str) -> Result<()> {
        if self.saying.json || self.saying.jsonl {
            return self.print(reported, report);
        }
        if self.saying.quiet {
            return Ok(());
        }
        if !self.subjects.several {
            return self.print(reported, report);
        }
        let lines: Vec<String> = report.lines().map(|line| format!("{name}: {line}")).collect();
        self.print(reported, &lines.join("\n"))
    }

    fn print(&self, reported: &mut Reported, text: &str) -> Result<()> {
        if self.aside {
            printer::aside(text);
            return Ok(());
        }
        if reported.reader_gone {
            return Ok(());
        }
        match printer::line(text) {
            Err(Error::ReaderGone) if self.writes => {
                reported.reader_gone = true;
                Ok(())
            }
            printed => printed,
        }
    }

    /// # Errors
    /// If some failed, how many and which; likewise for files that were not written because they exist.
    fn end(&self, reported: &Reported, note: Option<&str>) -> Result<()> {
        let words = !(self.saying.quiet || self.saying.json || self.saying.jsonl);
        if let Some(note) = note.filter(|_| words && self.subjects.several) {
            printer::aside(note);
        }
        let Subjects { all, missing, left_out, .. } = self.subjects;
        if !left_out.is_empty() && !self.saying.quiet {
            printer::aside(in_words(left_out));
        }
        let mut parts = Vec::new();
        if !reported.failed.is_empty() {
            let (failed, of) = (reported.failed.len(), all.len() + missing.len());
            parts.push(format!("{failed} of {of} could not be {}: {}", self.done, listed(&reported.failed)));
        }
        if let amount @ 1.. = reported.there.len() {
            let (files, are, them) = match amount {
                1 => ("file", "is", "it"),
                _ => ("files", "are", "them"),
            };
            parts.push(format!(
                "not written: {amount} {files} {are} there already: {}; --overwrite replaces {them}",
                listed(&reported.there)
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
