//! `candling train`: a head of one's own on the network's eyes.

use std::collections::HashMap;
use std::ops::ControlFlow;

use candling_core::Error as CoreError;
use candling_head::{Examples, Head, Settings, Step, bootstrap, split, train};
use candling_models::Model;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::args::Train;
use crate::error::{Error, Result};
use crate::folders::{Folders, Listed};
use crate::onlooker::{Onlooker, for_each, read};
use crate::output::Output;
use crate::report;
use crate::session::load_model;

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    output: String,
    classes: Vec<Class>,
    /// Files that were passed over, and why.
    skipped: Vec<Skipped>,
    steps: usize,
    /// At the last step.
    loss: f32,
    /// The share of the photos learnt from that the head gets right.
    accuracy: f32,
    held_out: HeldOut,
}

#[derive(Serialize)]
struct Class {
    label: String,
    /// Photos that were learnt from, and photos that were not.
    learnt_from: usize,
    held_out: usize,
}

#[derive(Serialize)]
struct Skipped {
    file: String,
    why: String,
}

/// How the head does on photos that it did not learn from.
#[derive(Serialize)]
struct HeldOut {
    photos: usize,
    /// The share that it gets right, and the 95 % interval of that; none without photos.
    accuracy: Option<f64>,
    interval: Option<[f64; 2]>,
}

/// A photo that can be learnt from.
struct Example {
    label: u32,
    features: Vec<f32>,
}

pub fn run(args: &Train) -> Result<String> {
    let folders = Folders::list(&args.folder)?;
    let output = Output::new(&args.output)?;
    let model = load_model(args.model.as_deref())?;
    let (examples, skipped) = looked_at(args, &folders, &model)?;
    let labels: Vec<u32> = examples.iter().map(|example| example.label).collect();
    let held_out = split(&labels, args.held_out, args.seed);
    let (tests, lessons): (Vec<_>, Vec<_>) =
        examples.iter().zip(&held_out).partition(|(_, held_out)| **held_out);
    let lessons: Vec<&Example> = lessons.into_iter().map(|(example, _)| example).collect();
    let tests: Vec<&Example> = tests.into_iter().map(|(example, _)| example).collect();

    let (head, last) = learnt(&folders, &lessons)?;
    let right = |example: &&Example| -> Result<f64> {
        let logits = head.logits(&example.features).map_err(untrainable)?;
        let best = candling_core::top(&logits, 1).first().map(|prediction| prediction.class);
        Ok(f64::from(u8::from(best == Some(example.label))))
    };
    let hits = tests.iter().map(right).collect::<Result<Vec<f64>>>()?;
    let name = folders.root.file_name().map_or_else(|| "head".into(), |name| name.to_string_lossy());
    let trained = model.with_head(&name, folders.classes.clone(), &head.weight, &head.bias)?;
    output.write(&trained.to_bytes()?)?;

    let count =
        |of: &[&Example], class: usize| of.iter().filter(|example| example.label as usize == class).count();
    let report = Report {
        output: args.output.display().to_string(),
        classes: folders
            .classes
            .iter()
            .enumerate()
            .map(|(class, label)| Class {
                label: label.clone(),
                learnt_from: count(&lessons, class),
                held_out: count(&tests, class),
            })
            .collect(),
        skipped,
        steps: last.step,
        loss: last.loss,
        accuracy: last.accuracy,
        held_out: HeldOut {
            photos: hits.len(),
            accuracy: (!hits.is_empty()).then(|| hits.iter().sum::<f64>() / hits.len() as f64),
            interval: bootstrap::interval(&hits, args.seed),
        },
    };
    if args.json { report::json(&report) } else { Ok(report.words()) }
}

/// Features of every photo that can be read, and which could not or were left out.
fn looked_at(args: &Train, folders: &Folders, model: &Model) -> Result<(Vec<Example>, Vec<Skipped>)> {
    let layer = model.features()?;
    let onlooker = Onlooker::new(model, args.fit)?;
    let mut skipped = Vec::new();
    let mut found: Vec<(&Listed, [u8; 32], Vec<f32>)> = Vec::new();
    // Photos by their contents.
    let mut alike: HashMap<[u8; 32], Vec<&Listed>> = HashMap::new();
    let look = |photo: &Listed| -> Result<([u8; 32], Vec<f32>)> {
        let path = folders.place(photo);
        let bytes = read(&path)?;
        Ok((Sha256::digest(&bytes).into(), onlooker.output(&path, &bytes, layer)?))
    };
    for_each("looking", &folders.photos, look, |photo, result| {
        match result {
            Err(e) => skipped.push(Skipped { file: photo.name(), why: reason(&e) }),
            Ok((hash, features)) => {
                alike.entry(hash).or_default().push(photo);
                found.push((photo, hash, features));
            }
        }
        Ok(())
    })?;
    let mut examples = Vec::new();
    for (photo, hash, features) in found {
        let same = &alike[&hash];
        let why = if let Some(other) = same.iter().find(|other| other.class != photo.class) {
            let folder = &folders.classes[other.class];
            format!("the same photo is in `{folder}` too: which of the two it shows cannot be learnt")
        } else if same[0] != photo {
            format!("the same photo as {}", same[0].name())
        } else {
            examples.push(Example { label: photo.class as u32, features });
            continue;
        };
        skipped.push(Skipped { file: photo.name(), why });
    }
    Ok((examples, skipped))
}

fn learnt(folders: &Folders, lessons: &[&Example]) -> Result<(Head, Step)> {
    if let Some(class) =
        (0..folders.classes.len()).find(|&class| lessons.iter().all(|e| e.label as usize != class))
    {
        let folder = folders.root.join(&folders.classes[class]);
        return Err(Error::file(
            &folder,
            "no photo in it that could be learnt from; each class needs one at least",
        ));
    }
    let width = lessons.first().map_or(0, |example| example.features.len());
    let features = lessons.iter().flat_map(|example| example.features.iter().copied()).collect();
    let labels = lessons.iter().map(|example| example.label).collect();
    let examples = Examples::new(features, labels, folders.classes.len(), width).map_err(untrainable)?;
    let mut last = Step { step: 0, loss: 0.0, accuracy: 0.0 };
    let head = train(&examples, Settings::default(), |step| {
        last = step;
        ControlFlow::Continue(())
    });
    Ok((head.map_err(untrainable)?, last))
}

fn untrainable(e: candling_head::Error) -> Error {
    CoreError::Backend(e.to_string()).into()
}

/// Without the path, which stands beside it.
fn reason(e: &Error) -> String {
    match e {
        Error::File { message, .. } => message.clone(),
        e => e.to_string(),
    }
}

impl Report {
    fn words(&self) -> String {
        let mut lines = Vec::new();
        for Skipped { file, why } in &self.skipped {
            lines.push(format!("left out: {file}: {why}"));
        }
        for Class { label, learnt_from, held_out } in &self.classes {
            lines.push(format!("{label}: {learnt_from} photos to learn from, {held_out} held out"));
        }
        lines.push(format!(
            "{:.1} % of those it learnt from right after {} steps",
            100.0 * self.accuracy,
            self.steps
        ));
        lines.push(match (self.held_out.accuracy, self.held_out.interval) {
            (Some(accuracy), Some([low, high])) => format!(
                "{:.1} % of {} that it had not seen (95 % interval {:.1} to {:.1} %)",
                100.0 * accuracy,
                self.held_out.photos,
                100.0 * low,
                100.0 * high
            ),
            _ => "none held out: how it does on photos that it has not seen is not known".to_owned(),
        });
        lines.push(format!("wrote {}", self.output));
        lines.join("\n")
    }
}
