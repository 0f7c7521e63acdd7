//! `candling train`: a new head on the model's backbone.

use std::ops::ControlFlow;
use std::path::Path;

use candling_audit::names::composed;
use candling_audit::{LeftOut, Mean, Photo, Reason, words};
use candling_core::Error as CoreError;
use candling_head::{Examples, Head, Settings, TrainingStep, split, train};
use candling_models::Model;
use serde::Serialize;

use crate::args::Train;
use crate::each::for_each;
use crate::error::{Error, Result};
use crate::folders::Folders;
use crate::left_out::{self, Skipped};
use crate::onlooker::Onlooker;
use crate::photo::read;
use crate::report;
use crate::session::{load_model, model_output};

/// The JSON report.
#[derive(Serialize)]
struct Report {
    output: String,
    /// Number of photos found.
    photos: usize,
    classes: Vec<Class>,
    /// Files that were left out, and why.
    skipped: Vec<Skipped>,
    steps: usize,
    /// Loss at the last step.
    loss: f32,
    /// Training accuracy.
    accuracy: f32,
    held_out: HeldOut,
}

#[derive(Serialize)]
struct Class {
    label: String,
    /// Number of training photos, and of held-out photos.
    learnt_from: usize,
    held_out: usize,
}

/// Evaluation on held-out photos.
#[derive(Serialize)]
struct HeldOut {
    photos: usize,
    /// Accuracy with its 95 % interval; `None` without photos.
    accuracy: Option<f64>,
    interval: Option<[f64; 2]>,
}

/// A training photo.
struct Example {
    label: u32,
    features: Vec<f32>,
}

pub fn run(args: &Train) -> Result<String> {
    let folders = Folders::list(&args.folder, None)?;
    check_complete(&folders)?;
    let classes: Vec<String> = folders.classes().iter().map(|name| composed(name)).collect();
    let output = model_output(&args.output)?;
    let model = load_model(args.model.as_deref())?;
    let (examples, unread) = looked_at(args, &folders, &model)?;
    let labels: Vec<u32> = examples.iter().map(|example| example.label).collect();
    let held_out = split(&labels, args.held_out, args.seed);
    let (tests, lessons): (Vec<_>, Vec<_>) =
        examples.iter().zip(&held_out).partition(|(_, held_out)| **held_out);
    let lessons: Vec<&Example> = lessons.into_iter().map(|(example, _)| example).collect();
    let tests: Vec<&Example> = tests.into_iter().map(|(example, _)| example).collect();

    let (head, last) = learnt(&folders, &lessons)?;
    let right = |example: &&Example| -> Result<bool> {
        let logits = head.logits(&example.features).map_err(untrainable)?;
        let best = candling_core::top(&logits, 1).first().map(|prediction| prediction.class);
        Ok(best == Some(example.label))
    };
    let hits = tests.iter().map(right).collect::<Result<Vec<bool>>>()?;
    let seen = Mean::of_answers(hits.iter().filter(|&&hit| hit).count(), hits.len());
    let trained = model.with_head(&model_name(&folders.root), classes.clone(), &head.weight, &head.bias)?;
    let bytes = trained.to_bytes()?;
    // check that the written file can be loaded
    Model::from_bytes(&bytes)?;
    output.write(&bytes)?;

    let count =
        |of: &[&Example], class: usize| of.iter().filter(|example| example.label as usize == class).count();
    let left_out = &folders.sorted.left_out;
    let report = Report {
        output: args.output.display().to_string(),
        photos: folders.photos().len(),
        classes: classes
            .into_iter()
            .enumerate()
            .map(|(class, label)| Class {
                label,
                learnt_from: count(&lessons, class),
                held_out: count(&tests, class),
            })
            .collect(),
        skipped: left_out.iter().map(Skipped::from).chain(unread).collect(),
        steps: last.step,
        loss: last.loss,
        accuracy: last.accuracy,
        held_out: HeldOut {
            photos: hits.len(),
            accuracy: seen.map(|seen| seen.mean),
            interval: seen.and_then(|seen| seen.interval),
        },
    };
    if args.json { report::json(&report) } else { Ok(report.words(left_out)) }
}

/// Refuses a folder without photos that has empty files, or pictures that cannot be read, or cannot be
/// listed: it was meant to be a class, and without it the model would not be the one that was asked for.
fn check_complete(folders: &Folders) -> Result<()> {
    let left_out = &folders.sorted.left_out;
    let missing = left_out.iter().filter(|out| out.why == Reason::NoPhotos).find(|class| {
        let inside = format!("{}/", class.path);
        left_out.iter().any(|out| {
            let is_meant = matches!(out.why, Reason::NotRead(_) | Reason::Empty | Reason::Unreadable(_));
            is_meant && (out.path.starts_with(&inside) || out.path == class.path)
        })
    });
    missing.map_or(Ok(()), |class| Err(folders.without_photos(&class.path)))
}

/// The name of the model: that of the folder, in characters that a model file may contain.
fn model_name(root: &Path) -> String {
    let real = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    name.map_or_else(|| "head".to_owned(), |name| words::shown(&name))
}

/// Computes the features of every readable photo, and lists those that are not.
fn looked_at(args: &Train, folders: &Folders, model: &Model) -> Result<(Vec<Example>, Vec<Skipped>)> {
    let layer = model.features()?;
    let onlooker = Onlooker::new(model, args.fit)?;
    let mut skipped = Vec::new();
    let mut examples = Vec::new();
    let look = |photo: &Photo| -> Result<Vec<f32>> {
        let path = folders.place(photo);
        onlooker.output(&path, &read(&path)?, layer)
    };
    for_each("looking", folders.photos(), look, |photo, result| {
        match result {
            Err(e) => skipped.push(Skipped { file: photo.name(), code: "unreadable", why: e.reason() }),
            Ok(features) => examples.push(Example { label: photo.class as u32, features }),
        }
        Ok(())
    })?;
    onlooker.warned.tell();
    Ok((examples, skipped))
}

fn learnt(folders: &Folders, lessons: &[&Example]) -> Result<(Head, TrainingStep)> {
    if let Some(class) =
        (0..folders.classes().len()).find(|&class| lessons.iter().all(|e| e.label as usize != class))
    {
        return Err(folders.without_photos(&folders.classes()[class]));
    }
    let width = lessons.first().map_or(0, |example| example.features.len());
    let features = lessons.iter().flat_map(|example| example.features.iter().copied()).collect();
    let labels = lessons.iter().map(|example| example.label).collect();
    let examples = Examples::new(features, labels, folders.classes().len(), width).map_err(untrainable)?;
    let mut last = TrainingStep { step: 0, loss: 0.0, accuracy: 0.0 };
    let head = train(&examples, Settings::default(), |step| {
        last = step;
        ControlFlow::Continue(())
    });
    Ok((head.map_err(untrainable)?, last))
}

fn untrainable(e: candling_head::Error) -> Error {
    CoreError::Backend(e.to_string()).into()
}

impl Report {
    fn words(&self, left_out: &[LeftOut]) -> String {
        let photos: Vec<(&str, &str)> =
            self.skipped[left_out.len()..].iter().map(|out| (out.file.as_str(), out.why.as_str())).collect();
        let mut lines = left_out::lines(left_out, &photos);
        lines.push(format!(
            "photos: {} found, {} left out of these, {} left out besides",
            self.photos,
            photos.len(),
            left_out.len()
        ));
        for Class { label, learnt_from, held_out } in &self.classes {
            let learnt_from = words::count(*learnt_from, "photo");
            lines.push(format!("{label}: {learnt_from} to learn from, {held_out} held out"));
        }
        lines.push(format!(
            "right, of those it learnt from: {:.1} % after {} steps",
            100.0 * self.accuracy,
            self.steps
        ));
        lines.push(match (self.held_out.accuracy, self.held_out.interval) {
            (Some(accuracy), Some([low, high])) => format!(
                "right, of {} that it had not seen: {:.1} % (Wilson's 95 % interval {:.1} to {:.1} %)",
                self.held_out.photos,
                100.0 * accuracy,
                100.0 * low,
                100.0 * high
            ),
            (Some(accuracy), None) => format!(
                "right, of {} that it had not seen: {:.1} %, too few for an interval",
                self.held_out.photos,
                100.0 * accuracy
            ),
            (None, _) => "none held out: how it does on photos that it has not seen is not known".to_owned(),
        });
        lines.push(format!("wrote {}", self.output));
        lines.join("\n")
    }
}
