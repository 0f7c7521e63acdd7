//! A model on a backend, and timed forward passes on photos.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use candling_core::{Network, NodeId, Retain, Shape, Tape};
use candling_imaging::{Backdrop, Fit, Photo, Preprocessing, Rect, prepare};
use candling_models::{Model, Spec};
use pollster::block_on;
use serde::Serialize;

use crate::args::Source;
use crate::backend::Named;
use crate::error::{Error, Result};
use crate::npy;
use crate::output::Output;
use crate::photo::decoded;
use crate::standard;
use crate::subjects::{Kind, Subject};

/// The built-in model. In the repository `data` contains a link to the site's file; a published crate can
/// only contain its own.
const BUILT_IN: &[u8] = include_bytes!("../data/efficientnet-lite0.safetensors");

/// The bytes of a model file, or of the built-in model.
pub fn model_bytes(path: Option<&Path>) -> Result<Cow<'static, [u8]>> {
    match path {
        None => Ok(Cow::Borrowed(BUILT_IN)),
        Some(path) => standard::read(path).map(Cow::Owned),
    }
}

/// The output file of a model, which may replace a model but nothing else, such as a training photo.
///
/// # Errors
/// The errors of [`Output::new`]; a file that is not a model.
pub fn model_output(path: &Path) -> Result<Output> {
    let output = Output::new(path)?;
    let there = match output.file().map(std::fs::read) {
        None => return Ok(output),
        Some(Err(e)) if e.kind() == ErrorKind::NotFound => return Ok(output),
        Some(there) => there.map_err(|e| output.failed(e))?,
    };
    if there.is_empty() || Model::from_bytes(&there).is_ok() {
        return Ok(output);
    }
    Err(output.failed("it is there already, and is no model; give the model another name"))
}

/// Parses a model from the bytes of the file at `path`.
pub fn model_of(bytes: &[u8], path: Option<&Path>) -> Result<Model> {
    match path {
        None => Ok(Model::from_bytes(bytes)?),
        Some(path) => Model::from_bytes(bytes).map_err(|e| Error::file(path, e)),
    }
}

/// Loads a model file, or the built-in model.
pub fn load_model(path: Option<&Path>) -> Result<Model> {
    model_of(&model_bytes(path)?, path)
}

/// A model on a backend, ready to run.
pub struct Looker<B: Named> {
    /// The model without its weights, which the backend has.
    pub model: Spec,
    network: Arc<Network<B>>,
    fit: Fit,
    /// Milliseconds that loading took.
    load: f64,
}

/// A forward pass on a photo, with its input and results.
pub struct Session<'l, B: Named> {
    pub model: &'l Spec,
    /// The decoded photo and the part of it that the network saw; `None` for a tensor from a file.
    pub photo: Option<(Photo, Rect)>,
    /// The pixels of the network's input.
    pub backdrop: Option<Backdrop>,
    pub tape: Tape<B>,
    pub logits: Vec<f32>,
    pub timings: Timings,
}

impl<B: Named> Looker<B> {
    pub fn new(source: &Source, backend: B) -> Result<Self> {
        let mut clock = Clock::start();
        let (model, weights) = load_model(source.model.as_deref())?.into_parts();
        let network = Arc::new(Network::new(backend, model.graph().clone(), &weights)?);
        drop(weights);
        // a GPU has the weights only when something is waited for
        block_on(network.backend().download_all(&[]))?;
        Ok(Self { model, network, fit: source.fit, load: clock.lap() })
    }

    /// Decodes and prepares a photo and runs the network, retaining what backward passes to these layers
    /// need.
    pub fn look(&self, subject: &Subject, watched: &[NodeId]) -> Result<Session<'_, B>> {
        let mut timings = Timings { load: self.load, ..Timings::default() };
        let mut clock = Clock::start();
        let (shape, tensor, photo, backdrop) = match subject.kind {
            Kind::Tensor => {
                let (shape, tensor) = npy::read(&subject.path, &subject.bytes()?)?;
                timings.decode = clock.lap();
                (shape, tensor, None, None)
            }
            Kind::Photo => {
                let photo = decoded(&subject.path, &subject.bytes()?)?;
                timings.decode = clock.lap();
                let how = preprocessing(&self.model);
                let prepared = prepare(&photo.rgba, photo.width, photo.height, self.fit, &how)?;
                timings.prepare = clock.lap();
                let shape = Shape::new(1, 3, how.height as usize, how.width as usize);
                (shape, prepared.tensor, Some((photo, prepared.view)), Some(prepared.backdrop))
            }
        };
        let retain = if watched.is_empty() { Retain::Logits } else { Retain::Layers(watched) };
        let forward = self.network.forward(shape, &tensor, retain);
        let forward = forward.and_then(|tape| block_on(tape.logits()).map(|logits| (tape, logits)));
        let (tape, logits) = forward.map_err(|e| match subject.kind {
            // if the network refuses a tensor from a file, the file is at fault
            Kind::Tensor => subject.error(e),
            Kind::Photo => e.into(),
        })?;
        timings.forward = clock.lap();
        Ok(Session { model: &self.model, photo, backdrop, tape, logits, timings })
    }
}

/// Milliseconds per stage, to the microsecond.
#[derive(Default, Serialize)]
pub struct Timings {
    pub load: f64,
    pub decode: f64,
    pub prepare: f64,
    pub forward: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<f64>,
}

/// A stopwatch for stages.
pub struct Clock(Instant);

impl Clock {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the last lap, to the microsecond.
    pub fn lap(&mut self) -> f64 {
        let now = Instant::now();
        let since = now.duration_since(std::mem::replace(&mut self.0, now));
        since.as_micros() as f64 / 1e3
    }
}

/// The preprocessing that a model expects.
pub fn preprocessing(model: &Spec) -> Preprocessing {
    let p = model.preprocessing();
    Preprocessing::new(p.width, p.height, p.mean, p.std, p.crop_fraction)
}
