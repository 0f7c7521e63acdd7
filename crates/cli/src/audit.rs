//! `candling audit`: is the model right, and for the right reason?

mod auditor;
mod basis;
mod cell;
mod changes;
mod earlier;
mod ledger;
mod page;
mod row;
mod sheet;
mod summary;

use std::collections::HashSet;
use std::path::Path;

use candling_audit::{Mean, words::count};
use candling_core::Error as CoreError;
use serde::Serialize;

use crate::args::Audit;
use crate::each::for_each;
use crate::error::{Error, Result};
use crate::folders::Folders;
use crate::report;
use crate::shown::shown;

pub use auditor::{Auditor, Finding};
pub use basis::Basis;
use changes::Resumed;
use earlier::Known;
use ledger::{Existing, Ledger};
use page::Page;
pub use page::TITLE;
pub use row::Row;
pub use summary::Summary;
use summary::summaries;

/// The JSON report.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    basis: basis::Report<'a>,
    summary: Vec<SummaryReport<'a>>,
}

#[derive(Serialize)]
struct SummaryReport<'a> {
    class: Option<&'a str>,
    group: Option<&'a str>,
    photos: usize,
    accuracy: Option<MeanReport>,
    evidence: Option<MeanReport>,
    evenly: Option<f64>,
}

#[derive(Serialize)]
struct MeanReport {
    mean: f64,
    /// `None` for too few values.
    interval: Option<[f64; 2]>,
    count: usize,
}

impl From<Mean> for MeanReport {
    fn from(Mean { mean, interval, count }: Mean) -> Self {
        Self { mean, interval, count }
    }
}

/// Returns the report, and whether the audit passes `--fail-under`.
pub fn run(args: &Audit) -> Result<(String, Result<()>)> {
    let existing = match (args.resume, args.overwrite) {
        (true, _) => Existing::Resume,
        (_, true) => Existing::Overwrite,
        _ => Existing::Keep,
    };
    let folders = Folders::list(&args.folder, args.masks.as_deref())?;
    let auditor = Auditor::new(args, &folders)?;
    let html = args
        .html
        .as_deref()
        .map(|path| Page::of(path, existing, &auditor, args.csv.is_some()))
        .transpose()?;
    let (mut ledger, known) = match &args.csv {
        Some(path) => {
            let (ledger, known) = Ledger::open(path, existing)?;
            check_comparable(path, &known, &auditor)?;
            (Some(ledger), known)
        }
        None => (None, Known::default()),
    };
    if let (Some(page), Some(path)) = (&html, &args.html)
        && ledger.as_ref().is_some_and(|ledger| ledger.is_at(&page.output))
    {
        let message = format!("html: `{}` is where the CSV goes; name another file", shown(path));
        return Err(CoreError::BadArgument(message).into());
    }
    let renewed = html.as_ref().and_then(|page| page.renewed.clone());
    let mut resumed = Resumed { renewed, ..Resumed::default() };
    let mut rows = Vec::new();
    let photos: Vec<usize> = (0..folders.photos().len()).collect();
    for_each(
        "auditing",
        &photos,
        |&photo| auditor.row(photo, &known),
        |_, (row, origin)| {
            resumed.add(origin);
            if let Some(ledger) = ledger.as_mut().filter(|_| origin != changes::Origin::TakenOver) {
                ledger.note(&row)?;
            }
            rows.push(row);
            Ok(())
        },
    )?;
    let there: HashSet<&str> = rows.iter().map(|row: &Row| row.photo.as_str()).collect();
    resumed.gone = known.rows.keys().filter(|photo| !there.contains(photo.as_str())).count();
    if let Some(ledger) = ledger {
        ledger.finish(&rows)?;
    }
    if let Some(first) = rows.first().filter(|_| rows.iter().all(|row| !row.error.is_empty())) {
        let message = format!(
            "none of {} photos could be looked at; the first: {}: {}",
            rows.len(),
            first.photo,
            first.error
        );
        return Err(Error::file(&args.folder, message));
    }
    let summary = summaries(folders.classes(), &rows);
    let basis = Basis::new(&auditor, &rows, args.resume.then_some(&resumed));
    if let Some(Page { output, .. }) = &html {
        sheet::write(output, args.show, &auditor, &rows, &summary, &basis)?;
    }
    auditor.onlooker.warned.tell();
    let text = if args.json { in_json(&basis, &summary)? } else { in_words(&basis, &auditor, &summary) };
    Ok((text, verdict(args, &summary)))
}

/// Refuses the CSV of an audit of another model.
fn check_comparable(path: &Path, known: &Known, auditor: &Auditor<'_>) -> Result<()> {
    let now = &auditor.settings.model;
    match known.rows.values().find(|row| row.print.settings.model != *now) {
        None => Ok(()),
        Some(row) => {
            let then = &row.print.settings.model;
            let message = format!(
                "it is of another model (SHA-256 {then}) than the one that is audited now ({now}): the two cannot be one report; give another \
                 CSV, or --overwrite instead of --resume"
            );
            Err(Error::file(path, message))
        }
    }
}

fn verdict(args: &Audit, summary: &[Summary]) -> Result<()> {
    let Some(least) = args.fail_under else { return Ok(()) };
    match summary.first().and_then(|all| all.evidence) {
        Some(evidence) if evidence.mean < least => Err(Error::Below { found: evidence.mean, least }),
        Some(_) => Ok(()),
        None => {
            Err(CoreError::BadArgument("fail-under: no photo has a mask and evidence to measure".into())
                .into())
        }
    }
}

fn in_json(basis: &Basis<'_>, summary: &[Summary]) -> Result<String> {
    let summary = summary.iter().map(|of| SummaryReport {
        class: of.class.as_deref(),
        group: of.group.as_deref(),
        photos: of.photos,
        accuracy: of.accuracy.map(MeanReport::from),
        evidence: of.evidence.map(MeanReport::from),
        evenly: of.evenly,
    });
    report::json(&Report { basis: basis.report(), summary: summary.collect() })
}

fn in_words(basis: &Basis<'_>, auditor: &Auditor<'_>, summary: &[Summary]) -> String {
    let mut lines = basis.lines();
    for summary in summary {
        let name = match (&summary.class, summary.group_name()) {
            (None, _) => format!("all, by {}", auditor.model.name()),
            (Some(class), None) => format!("  {class}"),
            (Some(_), Some(group)) => format!("    {group}"),
        };
        let share = |what: &str, mean: Option<Mean>| {
            mean.map(|Mean { mean, interval, count }| {
                let between =
                    interval.map(|[low, high]| format!("{:.1} to {:.1}, ", 100.0 * low, 100.0 * high));
                format!(", {:.1} % {what} ({}of {count})", 100.0 * mean, between.unwrap_or_default())
            })
        };
        let right = share("right", summary.accuracy).unwrap_or_default();
        let inside = format!("of the evidence at {} inside", auditor.settings.layer);
        let evidence = share(&inside, summary.evidence).unwrap_or_default();
        let evenly = summary
            .evenly
            .map(|share| format!(", {:.1} % if it were spread evenly", 100.0 * share))
            .unwrap_or_default();
        let photos = count(summary.photos, "photo");
        lines.push(format!("{name}: {photos}{right}{evidence}{evenly}"));
    }
    lines.extend(basis.intervals().into_iter().map(str::to_owned));
    lines.join("\n")
}
