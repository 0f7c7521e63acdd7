//! `candling audit`: is the model right, and for the right reason?

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use candling_core::{
    Attribution, Error as CoreError, Method, NodeId, Query, Region, Target, evidence_share, top,
};
use candling_head::bootstrap;
use candling_imaging::decode;
use candling_models::Model;
use pollster::block_on;
use serde::{Deserialize, Serialize};

use crate::args::Audit;
use crate::error::{Error, Result};
use crate::folders::{Folders, Listed};
use crate::onlooker::{Onlooker, Seen, for_each, read};
use crate::output::Output;
use crate::session::load_model;
use crate::{report, sheet};

/// Of the intervals: an audit of the same photos says the same.
const SEED: u64 = 1;

/// What was found of a photo; a line of the CSV.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// From the folder of all classes on.
    pub photo: String,
    pub class: String,
    /// Folders between that of the class and the photo.
    pub group: String,
    pub predicted: String,
    /// Of what was predicted, 0 to 1.
    pub probability: f32,
    pub correct: bool,
    /// The share of Grad-CAM's evidence for what was predicted that lies in the mask, 0 to 1; none without a mask or without evidence.
    pub evidence: Option<f64>,
    /// The share of a map that is alike everywhere; none where there is no `evidence`.
    pub evenly: Option<f64>,
    /// Where Grad-CAM was taken.
    pub layer: String,
    /// Why nothing could be found.
    pub error: String,
}

/// What some photos come to.
#[derive(Serialize)]
pub struct Summary {
    pub class: Option<String>,
    pub group: Option<String>,
    pub photos: usize,
    /// The share that was right.
    pub accuracy: Option<Mean>,
    /// The share of evidence in the masks.
    pub evidence: Option<Mean>,
    /// The mean over the same photos of what maps that are alike everywhere would have there.
    pub evenly: Option<f64>,
}

/// A mean, and the interval in which it lies in 95 of 100 such sets of photos.
#[derive(Clone, Copy, Serialize)]
pub struct Mean {
    pub mean: f64,
    pub interval: [f64; 2],
    /// Of so many.
    pub count: usize,
}

impl Mean {
    fn of(values: &[f64]) -> Option<Self> {
        let interval = bootstrap::interval(values, SEED)?;
        Some(Self { mean: mean(values)?, interval, count: values.len() })
    }
}

/// None of nothing.
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    /// Where Grad-CAM's evidence was measured.
    layer: &'a str,
    summary: &'a [Summary],
    /// Files that could not be looked at, and why.
    failed: Vec<(&'a str, &'a str)>,
}

/// The report, and whether what was found is good enough.
pub fn run(args: &Audit) -> Result<(String, Result<()>)> {
    let folders = Folders::list(&args.folder)?;
    let auditor = Auditor::new(args, &folders)?;
    let html = args.html.as_deref().map(Output::new).transpose()?;
    let mut known = if args.resume { earlier(args, auditor.layer_name())? } else { HashMap::new() };
    let left: Vec<&Listed> =
        folders.photos.iter().filter(|photo| !known.contains_key(&photo.name())).collect();
    let mut out = args.csv.as_deref().map(|path| Lines::open(path, !known.is_empty())).transpose()?;
    for_each(
        "auditing",
        &left,
        |photo| auditor.row(photo),
        |_, row| {
            if let Some(out) = &mut out {
                out.write(&row)?;
            }
            known.insert(row.photo.clone(), row);
            Ok(())
        },
    )?;
    // Only of photos that are there now, in their order.
    let rows: Vec<Row> = folders.photos.iter().filter_map(|photo| known.remove(&photo.name())).collect();
    if let Some(first) = rows.first().filter(|_| rows.iter().all(|row| !row.error.is_empty())) {
        let message = format!("none of {} photos could be looked at; the first: {}", rows.len(), first.error);
        return Err(Error::file(&args.folder, message));
    }
    let summary = summaries(&folders, &rows);
    if let Some(output) = &html {
        sheet::write(output, args.show, &auditor, &rows, &summary)?;
    }
    let failed =
        rows.iter().filter(|row| !row.error.is_empty()).map(|row| (row.photo.as_str(), row.error.as_str()));
    let report = Report {
        model: &auditor.model.name,
        layer: auditor.layer_name(),
        summary: &summary,
        failed: failed.collect(),
    };
    let text = if args.json { report::json(&report)? } else { words(&report) };
    Ok((text, verdict(args, &summary)))
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

/// What looks at the photos.
pub struct Auditor<'a> {
    pub model: Model,
    folders: &'a Folders,
    masks: Option<&'a Path>,
    onlooker: Onlooker,
    layer: NodeId,
    /// Of each folder the model's class.
    classes: Vec<u32>,
}

/// A photo, and what the network sees in it.
pub struct Finding {
    pub seen: Seen,
    pub map: Attribution,
    pub row: Row,
}

impl<'a> Auditor<'a> {
    fn new(args: &'a Audit, folders: &'a Folders) -> Result<Self> {
        let model = load_model(args.model.as_deref())?;
        let class = |name: &String| {
            let folder = folders.root.join(name);
            model
                .labels
                .find(name)
                .map_err(|e| Error::file(&folder, format!("its name is to be a class of the model: {e}")))
        };
        let classes = folders.classes.iter().map(class).collect::<Result<_>>()?;
        let onlooker = Onlooker::new(&model, args.fit)?;
        let layer = match &args.layer {
            Some(name) => model.graph.with_positions(model.graph.find(name)?)?,
            None => model.evidence_layer(),
        };
        Ok(Self { model, folders, masks: args.masks.as_deref(), onlooker, layer, classes })
    }

    /// Where Grad-CAM is taken.
    pub fn layer_name(&self) -> &str {
        &self.model.graph.node(self.layer).name
    }

    /// What was found of a photo, or why nothing.
    fn row(&self, photo: &Listed) -> Row {
        self.find(photo)
            .map_or_else(|e| Row { error: e.to_string(), ..self.unseen(photo) }, |found| found.row)
    }

    /// The photo of this row once more.
    pub fn again(&self, row: &Row) -> Result<Option<Finding>> {
        let photo = self.folders.photos.iter().find(|photo| photo.name() == row.photo);
        photo.map(|photo| self.find(photo)).transpose()
    }

    fn unseen(&self, photo: &Listed) -> Row {
        Row {
            photo: photo.name(),
            class: self.folders.classes[photo.class].clone(),
            group: photo.group.clone(),
            predicted: String::new(),
            probability: 0.0,
            correct: false,
            evidence: None,
            evenly: None,
            layer: self.layer_name().to_owned(),
            error: String::new(),
        }
    }

    fn find(&self, photo: &Listed) -> Result<Finding> {
        let path = self.folders.place(photo);
        let seen = self.onlooker.look(&path, &read(&path)?, self.layer)?;
        let best = top(&seen.logits, 1);
        let best = best.first().ok_or_else(|| CoreError::Backend("a model without classes".into()))?;
        let query = Query::new(Method::GradCam, Target::Class(best.class)).at(self.layer);
        let map = block_on(seen.tape.explain(&query))?;
        let (evidence, evenly) = self.evidence(photo, &seen, &map)?.unzip();
        let row = Row {
            predicted: self.model.labels.name(best.class).to_owned(),
            probability: best.probability,
            correct: best.class == self.classes[photo.class],
            evidence,
            evenly,
            ..self.unseen(photo)
        };
        Ok(Finding { seen, map, row })
    }

    /// The share of the map's evidence in the photo's mask, and that of a map that is alike everywhere. None where there is no mask for the
    /// photo, or no evidence in the map.
    fn evidence(
        &self,
        photo: &Listed,
        Seen { photo: pixels, view, .. }: &Seen,
        map: &Attribution,
    ) -> Result<Option<(f64, f64)>> {
        let Some(path) = self.masks.map(|masks| masks.join(&photo.path).with_extension("png")) else {
            return Ok(None);
        };
        if !path.exists() {
            return Ok(None);
        }
        let mask = decode(&read(&path)?).map_err(|e| Error::file(&path, e))?;
        if (mask.width, mask.height) != (pixels.width, pixels.height) {
            let message = format!(
                "a mask of {}x{} for a photo of {}x{}; they are to be of one size",
                mask.width, mask.height, pixels.width, pixels.height
            );
            return Err(Error::file(&path, message));
        }
        // White, and not see-through.
        let inside: Vec<u8> =
            mask.rgba.chunks_exact(4).map(|pixel| u8::from(pixel[0] > 127 && pixel[3] > 127)).collect();
        let region = Region { size: (mask.height as usize, mask.width as usize), mask: &inside };
        let down = (f64::from(view.y), f64::from(view.height));
        let across = (f64::from(view.x), f64::from(view.width));
        let share = |map: &[f32], (h, w)| evidence_share(map, (h, w), region, down, across);
        let size = (map.shape.h, map.shape.w);
        Ok(share(&map.data, size)?.zip(share(&[1.0], (1, 1))?))
    }
}

/// All photos, then each class, then each group of a class.
fn summaries(folders: &Folders, rows: &[Row]) -> Vec<Summary> {
    let summary = |class: Option<&str>, group: Option<&str>| {
        let of: Vec<&Row> = rows
            .iter()
            .filter(|row| row.error.is_empty())
            .filter(|row| {
                class.is_none_or(|class| row.class == class) && group.is_none_or(|group| row.group == group)
            })
            .collect();
        let right: Vec<f64> = of.iter().map(|row| f64::from(u8::from(row.correct))).collect();
        let evidence: Vec<f64> = of.iter().filter_map(|row| row.evidence).collect();
        let evenly: Vec<f64> = of.iter().filter_map(|row| row.evenly).collect();
        Summary {
            class: class.map(str::to_owned),
            group: group.map(str::to_owned),
            photos: of.len(),
            accuracy: Mean::of(&right),
            evidence: Mean::of(&evidence),
            evenly: mean(&evenly),
        }
    };
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.group.is_empty()) {
        let of = groups.entry(&row.class).or_default();
        if !of.contains(&row.group.as_str()) {
            of.push(&row.group);
        }
    }
    let mut all = vec![summary(None, None)];
    for class in &folders.classes {
        all.push(summary(Some(class), None));
        all.extend(
            groups.get(class.as_str()).into_iter().flatten().map(|group| summary(Some(class), Some(group))),
        );
    }
    all
}

/// The lines of an earlier audit, by photo. What an ended audit left half written is done again.
fn earlier(args: &Audit, layer: &str) -> Result<HashMap<String, Row>> {
    let Some(path) = args.csv.as_deref().filter(|path| path.exists()) else { return Ok(HashMap::new()) };
    let mut reader = csv::Reader::from_path(path).map_err(|e| Error::file(path, e))?;
    let mut whole = Vec::new();
    for row in reader.deserialize::<Row>() {
        match row {
            // What could not be looked at may be mended by now.
            Ok(row) if !row.error.is_empty() => {}
            // Nor is another layer's evidence this one's.
            Ok(row) if row.layer != layer => {}
            Ok(row) => whole.push(row),
            Err(e)
                if matches!(
                    e.kind(),
                    csv::ErrorKind::UnequalLengths { .. } | csv::ErrorKind::Deserialize { .. }
                ) =>
            {
                break;
            }
            Err(e) => return Err(Error::file(path, e)),
        }
    }
    let mut out = Lines::open(path, false)?;
    whole.iter().try_for_each(|row| out.write(row))?;
    Ok(whole.into_iter().map(|row| (row.photo.clone(), row)).collect())
}

/// A CSV that is whole after every line.
struct Lines {
    path: PathBuf,
    writer: csv::Writer<File>,
}

impl Lines {
    fn open(path: &Path, append: bool) -> Result<Self> {
        let mut options = OpenOptions::new();
        let options =
            if append { options.append(true) } else { options.write(true).create(true).truncate(true) };
        let file = options.open(path).map_err(|e| Error::file(path, e))?;
        let writer = csv::WriterBuilder::new().has_headers(!append).from_writer(file);
        Ok(Self { path: path.to_owned(), writer })
    }

    fn write(&mut self, row: &Row) -> Result<()> {
        let done = self.writer.serialize(row).map_err(|e| e.to_string());
        let done = done.and_then(|()| self.writer.flush().map_err(|e| e.to_string()));
        done.map_err(|e| Error::file(&self.path, e))
    }
}

fn words(report: &Report<'_>) -> String {
    let mut lines: Vec<String> =
        report.failed.iter().map(|(photo, why)| format!("left out: {photo}: {why}")).collect();
    for summary in report.summary {
        let name = match (&summary.class, &summary.group) {
            (None, _) => format!("all, by {}", report.model),
            (Some(class), None) => format!("  {class}"),
            (Some(_), Some(group)) => format!("    {group}"),
        };
        let share = |what: &str, mean: Option<Mean>| {
            mean.map(|Mean { mean, interval: [low, high], count }| {
                format!(
                    ", {:.1} % {what} ({:.1} to {:.1}, of {count})",
                    100.0 * mean,
                    100.0 * low,
                    100.0 * high
                )
            })
        };
        let right = share("right", summary.accuracy).unwrap_or_default();
        let inside = format!("of the evidence at {} inside", report.layer);
        let evidence = share(&inside, summary.evidence).unwrap_or_default();
        let evenly = summary
            .evenly
            .map(|share| format!(", {:.1} % if it were spread evenly", 100.0 * share))
            .unwrap_or_default();
        lines.push(format!("{name}: {} photos{right}{evidence}{evenly}", summary.photos));
    }
    lines.join("\n")
}
