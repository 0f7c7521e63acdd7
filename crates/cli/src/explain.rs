//! `candling explain`

use std::path::Path;
use std::time::Instant;

use candling_core::{Attribution, Prediction, Query, Target, top};
use candling_imaging::{Map, Paint, overlay, render};
use candling_models::{Labels, Model};
use pollster::block_on;
use serde::Serialize;

use crate::args::Explain;
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

/// Predictions that the JSON names.
const NAMED: usize = 5;

pub fn run(args: &Explain) -> Result<String> {
    if let Some(path) = args.output.as_deref().filter(|path| !is_png(path)) {
        let message = format!("output: `{}` is written as PNG; end its name in .png", path.display());
        return Err(candling_core::Error::BadArgument(message).into());
    }
    let mut session = Session::run(&args.source, |model| {
        let layer = layer(args, model)?;
        let pixels = args.method.walks_to_input().then(|| model.graph.input());
        Ok(layer.into_iter().chain(pixels).collect())
    })?;
    let logits = block_on(session.tape.logits())?;
    let predictions = top(&logits, NAMED);
    let target = match &args.target {
        None => Target::Class(predictions.first().map_or(0, |p| p.class)),
        Some(text) => parse_target(text, &session.model.labels)?,
    };
    let query = Query {
        method: args.method,
        target,
        layer: layer(args, &session.model)?,
        counterfactual: args.counterfactual,
    };
    let started = Instant::now();
    let attribution = block_on(session.tape.explain(&query))?;
    session.timings.explain = Some(started.elapsed().as_secs_f64() * 1e3);

    if let Some(path) = &args.raw {
        let s = attribution.shape;
        let extents = if s.c == 1 { vec![s.h, s.w] } else { vec![s.c, s.h, s.w] };
        crate::npy::write(path, &extents, &attribution.data)?;
    }
    if let Some(path) = &args.output {
        paint(path, args, &session, &attribution)?;
    }
    if args.json {
        in_json(args, &session, &predictions, &query, &attribution)
    } else {
        Ok(in_words(&session, &query, &attribution))
    }
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
}

/// The layer that `--layer` names, else the model's own choice where the method takes one.
fn layer(args: &Explain, model: &Model) -> Result<Option<candling_core::NodeId>> {
    match &args.layer {
        Some(name) => Ok(Some(model.graph.find(name)?)),
        None => Ok(args.method.takes_layer().then_some(model.default_layer)),
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
fn paint(path: &Path, args: &Explain, session: &Session, attribution: &Attribution) -> Result<()> {
    let s = attribution.shape;
    let map = Map::new(&attribution.data, s.c, s.h, s.w)?;
    let paint = |opacity| Paint { colormap: args.colormap, opacity };
    let (rgba, width, height) = match &session.photo {
        Some((photo, view)) => {
            let mut photo = photo.clone();
            let heat = render(&map, view.width, view.height, paint(args.opacity))?;
            overlay(&mut photo, &heat, *view)?;
            (photo.rgba, photo.width, photo.height)
        }
        None => {
            let input = session.tape.shape(session.tape.graph().input());
            let (width, height) = (input.w as u32, input.h as u32);
            (render(&map, width, height, paint(1.0))?, width, height)
        }
    };
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

/// The class that is explained, and the one it is held against.
fn classes(target: Target) -> (u32, Option<u32>) {
    match target {
        Target::Class(class) => (class, None),
        Target::Margin { class, over } => (class, Some(over)),
    }
}

fn layer_name<'a>(session: &'a Session, attribution: &Attribution) -> Option<&'a str> {
    attribution.layer.map(|id| session.tape.graph().node(id).name.as_str())
}

fn in_json(
    args: &Explain,
    session: &Session,
    predictions: &[Prediction],
    query: &Query,
    attribution: &Attribution,
) -> Result<String> {
    let labels = &session.model.labels;
    let (target, over) = classes(query.target);
    let s = attribution.shape;
    report::json(&Report {
        common: Common::new(&args.source, session, predictions),
        method: query.method.name(),
        target: report::class(labels, target),
        over: over.map(|over| report::class(labels, over)),
        layer: layer_name(session, attribution),
        counterfactual: query.counterfactual,
        map: MapReport { channels: s.c, height: s.h, width: s.w, max: attribution.max() },
    })
}

fn in_words(session: &Session, query: &Query, attribution: &Attribution) -> String {
    let name = |class: u32| format!("{} ({class})", session.model.labels.name(class));
    let (target, over) = classes(query.target);
    let over = over.map(|over| format!(" over {}", name(over))).unwrap_or_default();
    let layer = layer_name(session, attribution).map(|layer| format!(" at {layer}")).unwrap_or_default();
    let max = attribution.max();
    let strength = if attribution.shape.c == 1 {
        format!("maximum {}", three_digits(max))
    } else {
        let magnitude = attribution.data.iter().fold(0.0, |most: f32, v| most.max(v.abs()));
        format!("largest magnitude {}", three_digits(magnitude))
    };
    let mut words = format!("{} for {}{over}{layer}: {strength}", query.method, name(target));
    if attribution.shape.c == 1 && max <= 0.0 {
        let side = if query.counterfactual { "nothing speaks against" } else { "no positive evidence for" };
        words += &format!("\n{side} this class in this layer");
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
