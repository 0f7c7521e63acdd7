//! `candling explain`

use std::path::{Path, PathBuf};

use candling_core::{Error as CoreError, NodeId, Prediction, Query, Target, top};
use candling_cpu::Cpu;
use candling_models::{Labels, Spec};
use serde::Serialize;

use crate::args::Explain;
use crate::backend::{self, Choice, Named};
use crate::destinations::{Destination, OutputKind};
use crate::error::{Error, Result};
use crate::forward_pass::{Clock, ForwardPass, LoadedModel};
use crate::raw_map::RawMap;
use crate::report::{self, ClassName, Common};
use crate::reporter::Reporter;
use crate::shown::shown;
use crate::subjects::{Subject, Subjects};
use crate::{destinations, npy, standard};

/// The JSON report, which extends [`Common`].
#[derive(Serialize)]
struct ExplainReport<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    method: &'static str,
    layer: Option<&'a str>,
    /// The default layer of `candling audit`.
    evidence_layer: &'a str,
    counterfactual: bool,
    #[serde(flatten)]
    explained: Explained<'a>,
}

/// One class, or with `--top` the likeliest ones, best first.
#[derive(Serialize)]
#[serde(untagged)]
enum Explained<'a> {
    One(ClassReport<'a>),
    Likeliest { classes: Vec<ClassReport<'a>> },
}

#[derive(Serialize)]
struct ClassReport<'a> {
    target: ClassName<'a>,
    over: Option<ClassName<'a>>,
    map: MapReport,
    #[serde(flatten)]
    files: Files,
}

/// Paths of written files.
#[derive(Default, Serialize)]
struct Files {
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

#[derive(Serialize)]
struct MapReport {
    channels: usize,
    height: usize,
    width: usize,
    max: f32,
}

/// Number of predictions in the JSON, if no more are explained.
const NAMED: usize = 5;

/// Name in `--layer` for the layer that an audit measures at, unless the model has a layer of that name.
const EVIDENCE: &str = "evidence";

/// Largest length of a class name in a file name, in characters.
const LONGEST: usize = 40;

const PICTURE: OutputKind = OutputKind { option: "output", ending: "png" };
const RAW: OutputKind = OutputKind { option: "raw", ending: "npy" };

pub fn run(args: &Explain) -> Result<()> {
    args.options.0.check(args.method)?;
    let outputs = Outputs::of(args)?;
    let destinations = [&outputs.picture, &outputs.raw];
    let reporter = Reporter {
        subjects: &outputs.subjects,
        saying: &args.saying,
        doing: "explaining",
        done: "explained",
        aside: destinations.iter().any(|destination| matches!(destination, Some(Destination::Standard))),
        writes: destinations.iter().any(|destination| destination.is_some()),
    };
    match args.source.backend {
        Choice::Cpu => {
            let explainer = Explainer::new(args, &outputs, Cpu::new())?;
            reporter.all(explainer.note(), |subject| explainer.explain(subject))
        }
        Choice::WebGpu => {
            let explainer = Explainer::new(args, &outputs, backend::card()?)?;
            reporter.all_in_turn(explainer.note(), |subject| explainer.explain(subject))
        }
    }
}

/// The inputs and the outputs.
struct Outputs {
    subjects: Subjects,
    picture: Option<Destination>,
    raw: Option<Destination>,
}

impl Outputs {
    fn of(args: &Explain) -> Result<Self> {
        let subjects = Subjects::of(&args.source, &[args.output.as_deref(), args.raw.as_deref()])?;
        subjects.check_saying(&args.saying)?;
        let several = subjects.several || args.top.is_some();
        if let Some(path) = &args.output
            && !(is_png(path) || standard::is_standard_stream(path) || destinations::is_folder(path, several))
        {
            let message = format!("output: `{}` is written as PNG; end its name in .png", shown(path));
            return Err(CoreError::BadArgument(message).into());
        }
        // with `--top`, file names are not known before
        let check = !args.saying.overwrite && args.top.is_none();
        let destination = |path: &Option<PathBuf>, kind| {
            path.as_deref().map(|path| Destination::of(path, several, kind, &subjects, check)).transpose()
        };
        let (picture, raw) = (destination(&args.output, PICTURE)?, destination(&args.raw, RAW)?);
        if matches!((&picture, &raw), (Some(Destination::Standard), Some(Destination::Standard))) {
            let message = "raw: standard output is taken by --output; name a file for one of the two";
            return Err(CoreError::BadArgument(message.into()).into());
        }
        if let (Some(Destination::File(picture, path)), Some(Destination::File(raw, _))) = (&picture, &raw)
            && picture.is_same(raw)
        {
            let message = format!("raw: `{}` is where the picture goes; name another file", shown(path));
            return Err(CoreError::BadArgument(message).into());
        }
        Ok(Self { subjects, picture, raw })
    }
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
}

/// A model, and the query for each photo.
struct Explainer<'a, B: Named> {
    args: &'a Explain,
    outputs: &'a Outputs,
    loaded: LoadedModel<B>,
    layer: Option<NodeId>,
    /// `None` for the likeliest classes of each photo.
    target: Option<Target>,
}

impl<'a, B: Named> Explainer<'a, B> {
    fn new(args: &'a Explain, outputs: &'a Outputs, backend: B) -> Result<Self> {
        let loaded = LoadedModel::new(&args.source, backend)?;
        let layer = layer(args, &loaded.model)?;
        // the class does not matter here
        Query { method: args.method, target: Target::Class(0), layer, counterfactual: args.counterfactual }
            .check()?;
        let labels = loaded.model.labels();
        let target = args.target.as_deref().map(|text| parse_target(text, labels)).transpose()?;
        Ok(Self { args, outputs, loaded, layer, target })
    }

    /// Writes the requested outputs for a photo and returns the report. Existing files do not prevent the
    /// others from being written.
    fn explain(&self, subject: &Subject) -> Result<String> {
        let args = self.args;
        let watched = args.method.keeps(self.loaded.model.graph(), self.layer);
        let mut pass = self.loaded.run(subject, &watched)?;
        let likeliest = args.top.map_or(1, usize::from);
        let predictions = top(&pass.logits, likeliest.max(NAMED));
        let targets: Vec<Target> = match self.target {
            Some(target) => vec![target],
            None => predictions.iter().take(likeliest).map(|p| Target::Class(p.class)).collect(),
        };
        let (mut classes, mut words, mut there, mut explain) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
        // one map at a time: a thousand classes need no more memory than one
        for (rank, target) in (1..).zip(targets) {
            let mut clock = Clock::start();
            let map = RawMap::of(args, &pass, self.layer, target)?;
            explain += clock.lap();
            let files = self.write(subject, &pass, &map, rank, &mut there)?;
            words.push(self.in_words(&map));
            classes.push(self.class_report(&map, files));
        }
        if !there.is_empty() {
            return Err(Error::There { files: there });
        }
        // an empty map is empty at the other layer too
        if !self.outputs.subjects.several && classes.iter().any(|class| class.map.max > 0.0) {
            words.extend(self.note());
        }
        pass.timings.explain = Some(explain);
        if args.saying.json || args.saying.jsonl {
            return self.in_json(subject, &pass, &predictions, classes);
        }
        Ok(words.join("\n"))
    }

    /// Writes the files about a class, except for existing ones, which it records in `there`.
    fn write(
        &self,
        subject: &Subject,
        pass: &ForwardPass<'_, B>,
        map: &RawMap,
        rank: usize,
        there: &mut Vec<String>,
    ) -> Result<Files> {
        let Outputs { picture, raw, .. } = self.outputs;
        let overwrite = self.args.saying.overwrite;
        let tail = match self.args.top {
            Some(of) => tail(rank, of, classes(map.target).0, pass.model),
            None => String::new(),
        };
        let mut files = Files::default();
        if let Some(destination) = raw {
            let bytes = npy::bytes(&map.extents(), &map.data)?;
            files.raw = unless_there(destination.write(subject, &tail, RAW, &bytes, overwrite), there)?;
        }
        if let Some(destination) = picture {
            let bytes = map.picture(self.args, pass)?;
            files.picture =
                unless_there(destination.write(subject, &tail, PICTURE, &bytes, overwrite), there)?;
        }
        Ok(files)
    }

    fn layer_name(&self) -> Option<&str> {
        self.layer.map(|id| self.loaded.model.graph().node(id).name.as_str())
    }

    fn evidence_layer(&self) -> &str {
        let model = &self.loaded.model;
        &model.graph().node(model.evidence_layer()).name
    }

    /// A note that an audit measures at another layer, for methods that take one.
    fn note(&self) -> Option<String> {
        let here = self.layer_name().filter(|_| self.args.method.chooses_layer())?;
        let there = self.evidence_layer();
        (here != there).then(|| {
            format!(
                "`candling audit` measures evidence at {there}, not at {here}; to see it there: --layer {EVIDENCE}"
            )
        })
    }

    fn class_report(&self, map: &RawMap, files: Files) -> ClassReport<'_> {
        let labels = self.loaded.model.labels();
        let (target, over) = classes(map.target);
        let s = map.shape;
        ClassReport {
            target: report::class(labels, target),
            over: over.map(|over| report::class(labels, over)),
            map: MapReport { channels: s.c, height: s.h, width: s.w, max: map.max() },
            files,
        }
    }

    fn in_json(
        &self,
        subject: &Subject,
        pass: &ForwardPass<'_, B>,
        predictions: &[Prediction],
        mut classes: Vec<ClassReport<'_>>,
    ) -> Result<String> {
        let explained = match (self.args.top, classes.pop()) {
            (None, Some(one)) => Explained::One(one),
            (_, last) => Explained::Likeliest { classes: classes.into_iter().chain(last).collect() },
        };
        report::json(&ExplainReport {
            common: Common::new(subject, pass, predictions),
            method: self.args.method.name(),
            layer: self.layer_name(),
            evidence_layer: self.evidence_layer(),
            counterfactual: self.args.counterfactual,
            explained,
        })
    }

    fn in_words(&self, map: &RawMap) -> String {
        let args = self.args;
        let name = |class: u32| format!("{} ({class})", self.loaded.model.labels().name(class));
        let (target, over) = classes(map.target);
        let over = over.map(|over| format!(" over {}", name(over))).unwrap_or_default();
        let layer = self.layer_name().map(|layer| format!(" at {layer}")).unwrap_or_default();
        let max = map.max();
        let strength = if map.shape.c == 1 {
            format!("maximum {}", three_digits(max))
        } else {
            let magnitude = map.data.iter().fold(0.0, |most: f32, v| most.max(v.abs()));
            format!("largest magnitude {}", three_digits(magnitude))
        };
        let mut words = format!("{} for {}{over}{layer}: {strength}", args.method.name(), name(target));
        if map.shape.c == 1 && max <= 0.0 {
            let side =
                if args.counterfactual { "nothing speaks against" } else { "no positive evidence for" };
            let place = if self.layer.is_some() { "layer" } else { "photo" };
            words += &format!("\n{side} this class in this {place}");
        }
        words
    }
}

/// The layer that `--layer` names, or the model's default layer if the method takes one.
fn layer(args: &Explain, model: &Spec) -> Result<Option<NodeId>> {
    match (&args.layer, args.method) {
        (Some(name), _) => match model.layer(name) {
            Err(_) if name == EVIDENCE => Ok(Some(model.evidence_layer())),
            found => Ok(Some(found?)),
        },
        (None, method) => Ok(method.takes_layer().then_some(model.default_layer())),
    }
}

/// The path of a written file; `None` if the file exists already, which is recorded in `there`.
fn unless_there(written: Result<Option<String>>, there: &mut Vec<String>) -> Result<Option<String>> {
    match written {
        Err(Error::There { files }) => {
            there.extend(files);
            Ok(None)
        }
        written => written,
    }
}

/// Parses `CLASS` or `CLASS-vs-CLASS`.
fn parse_target(text: &str, labels: &Labels) -> Result<Target> {
    match text.split_once("-vs-") {
        None => Ok(Target::Class(labels.find(text)?)),
        Some((class, over)) => Ok(Target::Margin { class: labels.find(class)?, over: labels.find(over)? }),
    }
}

/// The class that is explained, and the one it is compared with.
fn classes(target: Target) -> (u32, Option<u32>) {
    match target {
        Target::Class(class) => (class, None),
        Target::Margin { class, over } => (class, Some(over)),
    }
}

/// Rank, index and name of a class, for a file name: files of a photo sort by rank, and the name, which may
/// be anything, is reduced to letters, digits and `-`. It contains no dot, so that names of different photos
/// and ranks differ.
fn tail(rank: usize, of: u16, class: u32, model: &Spec) -> String {
    let name = model.labels().name(class).to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.collect::<Vec<_>>().join("-").chars().take(LONGEST).collect();
    let digits = of.min(model.graph().classes() as u16).to_string().len();
    let dash = if name.is_empty() { "" } else { "-" };
    format!(".{rank:0digits$}-{class}{dash}{name}")
}

/// Formats three significant digits, so that a small maximum is not shown as zero.
fn three_digits(value: f32) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (1e-2..1e4).contains(&size) => format!("{value:.3}"),
        _ => format!("{value:.2e}"),
    }
}
