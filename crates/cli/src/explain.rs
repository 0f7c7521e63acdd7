//! `candling explain`

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use candling_core::{
    Error as CoreError, Method, NodeId, Occluder, Occlusion, Prediction, Query, Shape, Target, top,
};
use candling_cpu::Cpu;
use candling_imaging::{Map, Paint, Photo, Rect, overlay, render};
use candling_models::{Labels, Model};
use pollster::block_on;
use serde::Serialize;

use crate::args::{Explain, How};
use crate::backend::{self, Choice, Named};
use crate::error::{Error, Result};
use crate::report::{self, Class, Common};
use crate::session::Session;

/// What the JSON adds to [`Common`].
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    method: &'static str,
    target: Class<'a>,
    over: Option<Class<'a>>,
    layer: Option<&'a str>,
    counterfactual: bool,
    map: MapReport,
}

#[derive(Serialize)]
struct MapReport {
    channels: usize,
    height: usize,
    width: usize,
    max: f32,
}

/// A raw map, however it came about.
struct Answer {
    target: Target,
    layer: Option<NodeId>,
    shape: Shape,
    data: Vec<f32>,
    /// The part of the input that it lies on: left, top, width, height, in pixels of the input.
    area: [f64; 4],
}

impl Answer {
    fn max(&self) -> f32 {
        self.data.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Predictions that the JSON names.
const NAMED: usize = 5;

/// The patch where none is named; the step is half of it.
const PATCH: usize = 32;

pub fn run(args: &Explain) -> Result<String> {
    if let Some(path) = args.output.as_deref().filter(|path| !is_png(path)) {
        let message = format!("output: `{}` is written as PNG; end its name in .png", path.display());
        return Err(CoreError::BadArgument(message).into());
    }
    check_options(args)?;
    match args.source.backend {
        Choice::Cpu => explained(args, Cpu::new()),
        Choice::WebGpu => explained(args, backend::card()?),
    }
}

fn explained(args: &Explain, backend: impl Named) -> Result<String> {
    let mut session = Session::run(&args.source, backend, |model| {
        let layer = layer(args, model)?;
        let pixels = match args.method {
            How::Walk(method) => method.walks_to_input(),
            How::Occlusion => true,
        };
        Ok(layer.into_iter().chain(pixels.then(|| model.graph.input())).collect())
    })?;
    let predictions = top(&session.logits, NAMED);
    let target = match &args.target {
        None => Target::Class(predictions.first().map_or(0, |p| p.class)),
        Some(text) => parse_target(text, &session.model.labels)?,
    };
    let started = Instant::now();
    let answer = match args.method {
        How::Walk(method) => walk(args, &session, method, target)?,
        How::Occlusion => occlude(args, &session, target)?,
    };
    session.timings.explain = Some(started.elapsed().as_secs_f64() * 1e3);

    if let Some(path) = &args.raw {
        let s = answer.shape;
        let extents = if s.c == 1 { vec![s.h, s.w] } else { vec![s.c, s.h, s.w] };
        crate::npy::write(path, &extents, &answer.data)?;
    }
    if let Some(path) = &args.output {
        paint(path, args, &session, &answer)?;
    }
    if args.json {
        in_json(args, &session, &predictions, &answer)
    } else {
        Ok(in_words(args, &session, &answer))
    }
}

/// Options of one kind of method given to the other. What a walk takes is for the tape to say.
fn check_options(args: &Explain) -> Result<()> {
    let name = args.method.name();
    let wrong = match args.method {
        How::Walk(_) if args.patch.is_some() => format!("patch: `{name}` has none; it goes with `occlusion`"),
        How::Walk(_) if args.stride.is_some() => {
            format!("stride: `{name}` has none; it goes with `occlusion`")
        }
        How::Occlusion if args.layer.is_some() => {
            format!("layer: `{name}` is about the input's pixels and takes no layer")
        }
        How::Occlusion if args.counterfactual => {
            format!("counterfactual: `{name}` has none, its map has both signs; it goes with `grad-cam`")
        }
        _ => return Ok(()),
    };
    Err(CoreError::BadArgument(wrong).into())
}

fn walk(args: &Explain, session: &Session<impl Named>, method: Method, target: Target) -> Result<Answer> {
    let layer = layer(args, &session.model)?;
    let query = Query { method, target, layer, counterfactual: args.counterfactual };
    let found = block_on(session.tape.explain(&query))?;
    let input = session.tape.shape(session.tape.graph().input());
    let area = [0.0, 0.0, input.w as f64, input.h as f64];
    Ok(Answer { target, layer: found.layer, shape: found.shape, data: found.data, area })
}

fn occlude(args: &Explain, session: &Session<impl Named>, target: Target) -> Result<Answer> {
    let (tape, input) = (&session.tape, session.tape.graph().input());
    let patch = args.patch.unwrap_or(PATCH);
    let stride = args.stride.unwrap_or((patch / 2).max(1));
    let occlusion = Occlusion { patch, stride, ..Occlusion::default() };
    let picture = tape.activation(input).ok_or_else(|| CoreError::NotRetained("input".into()))?;
    let picture = block_on(tape.network().backend().download(picture))?;
    let occluder =
        block_on(Occluder::new(Arc::clone(tape.network()), tape.shape(input), picture, target, occlusion))?;
    let shape = occluder.map_shape();
    let data = block_on(occluder.values(0..shape.area()))?;
    Ok(Answer { target, layer: None, shape, data, area: occlusion.area(tape.shape(input))? })
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
}

/// The layer that `--layer` names, else the model's own choice where the method takes one.
fn layer(args: &Explain, model: &Model) -> Result<Option<NodeId>> {
    match (&args.layer, args.method) {
        (Some(name), _) => Ok(Some(model.graph.find(name)?)),
        (None, How::Walk(method)) => Ok(method.takes_layer().then_some(model.default_layer)),
        (None, How::Occlusion) => Ok(None),
    }
}

/// `CLASS` or `CLASS-vs-CLASS`.
fn parse_target(text: &str, labels: &Labels) -> Result<Target> {
    match text.split_once("-vs-") {
        None => Ok(Target::Class(labels.find(text)?)),
        Some((class, over)) => Ok(Target::Margin { class: labels.find(class)?, over: labels.find(over)? }),
    }
}

/// The map over the photo it explains; a map of a ready tensor stands alone, at the input's size.
fn paint(path: &Path, args: &Explain, session: &Session<impl Named>, answer: &Answer) -> Result<()> {
    let s = answer.shape;
    let map = Map::new(&answer.data, s.c, s.h, s.w)?;
    let input = session.tape.shape(session.tape.graph().input());
    let (mut picture, view, opacity) = match &session.photo {
        Some((photo, view)) => (photo.clone(), *view, args.opacity.unwrap_or(args.colormap.usual_opacity())),
        None => {
            let (width, height) = (input.w as u32, input.h as u32);
            let white = Photo { width, height, rgba: vec![u8::MAX; input.area() * 4] };
            (white, Rect { x: 0, y: 0, width, height }, 1.0)
        }
    };
    let place = place(answer.area, input, view);
    let backdrop = session.backdrop.clone().map(|backdrop| backdrop.under(answer.area)).transpose()?;
    let paint = Paint { colormap: args.colormap, opacity, scale: None, backdrop: backdrop.as_ref() };
    let heat = render(&map, place.width, place.height, paint)?;
    overlay(&mut picture, &heat, place)?;
    let Photo { width, height, rgba } = picture;
    image::save_buffer_with_format(
        path,
        &rgba,
        width,
        height,
        image::ColorType::Rgba8,
        image::ImageFormat::Png,
    )
    .map_err(|e| Error::file(path, e))
}

/// An area of the input, in whole pixels of the photo, of which the network saw `view`.
fn place([left, top, width, height]: [f64; 4], input: Shape, view: Rect) -> Rect {
    let along = |start: u32, side: u32, input: usize, from: f64, length: f64| {
        let pixel = |at: f64| (at * f64::from(side) / input as f64).round() as u32;
        let begin = pixel(from).min(side - 1);
        (start + begin, pixel(from + length).clamp(begin + 1, side) - begin)
    };
    let (x, width) = along(view.x, view.width, input.w, left, width);
    let (y, height) = along(view.y, view.height, input.h, top, height);
    Rect { x, y, width, height }
}

/// The class that is explained, and the one it is compared with.
fn classes(target: Target) -> (u32, Option<u32>) {
    match target {
        Target::Class(class) => (class, None),
        Target::Margin { class, over } => (class, Some(over)),
    }
}

fn layer_name<'a>(session: &'a Session<impl Named>, answer: &Answer) -> Option<&'a str> {
    answer.layer.map(|id| session.tape.graph().node(id).name.as_str())
}

fn in_json(
    args: &Explain,
    session: &Session<impl Named>,
    predictions: &[Prediction],
    answer: &Answer,
) -> Result<String> {
    let labels = &session.model.labels;
    let (target, over) = classes(answer.target);
    let s = answer.shape;
    report::json(&Report {
        common: Common::new(&args.source, session, predictions),
        method: args.method.name(),
        target: report::class(labels, target),
        over: over.map(|over| report::class(labels, over)),
        layer: layer_name(session, answer),
        counterfactual: args.counterfactual,
        map: MapReport { channels: s.c, height: s.h, width: s.w, max: answer.max() },
    })
}

fn in_words(args: &Explain, session: &Session<impl Named>, answer: &Answer) -> String {
    let name = |class: u32| format!("{} ({class})", session.model.labels.name(class));
    let (target, over) = classes(answer.target);
    let over = over.map(|over| format!(" over {}", name(over))).unwrap_or_default();
    let layer = layer_name(session, answer).map(|layer| format!(" at {layer}")).unwrap_or_default();
    let max = answer.max();
    let strength = if answer.shape.c == 1 {
        format!("maximum {}", three_digits(max))
    } else {
        let magnitude = answer.data.iter().fold(0.0, |most: f32, v| most.max(v.abs()));
        format!("largest magnitude {}", three_digits(magnitude))
    };
    let mut words = format!("{} for {}{over}{layer}: {strength}", args.method.name(), name(target));
    if answer.shape.c == 1 && max <= 0.0 {
        let side = if args.counterfactual { "nothing speaks against" } else { "no positive evidence for" };
        let place = if answer.layer.is_some() { "layer" } else { "photo" };
        words += &format!("\n{side} this class in this {place}");
    }
    words
}

/// Three significant digits, so that a small maximum is not read as none.
fn three_digits(value: f32) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (1e-2..1e4).contains(&size) => format!("{value:.3}"),
        _ => format!("{value:.2e}"),
    }
}
