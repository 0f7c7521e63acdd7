//! A photo, a model, and one forward pass, each stage timed.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use candling_core::{Network, NodeId, Retain, Shape, Tape};
use candling_imaging::{Backdrop, Photo, Preprocessing, Rect, prepare};
use candling_models::Model;
use pollster::block_on;

use crate::args::Source;
use crate::backend::Named;
use crate::error::{Error, Result};
use crate::photo::decoded;
use crate::report::Timings;

/// The model that needs no file. In the repository `data` holds a link to the site's; a published crate can only have what is its own.
const BUILT_IN: &[u8] = include_bytes!("../data/efficientnet-lite0.safetensors");

/// The bytes of a model file, or of the built-in model.
pub fn model_bytes(path: Option<&Path>) -> Result<Cow<'static, [u8]>> {
    match path {
        None => Ok(Cow::Borrowed(BUILT_IN)),
        Some(path) => std::fs::read(path).map(Cow::Owned).map_err(|e| Error::file(path, e)),
    }
}

/// The model in the bytes of this file.
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

/// What the network looked at.
pub struct Session<B: Named> {
    pub model: Model,
    /// The decoded photo and the part of it that the network saw; a ready tensor has neither.
    pub photo: Option<(Photo, Rect)>,
    /// The pixels that it saw.
    pub backdrop: Option<Backdrop>,
    pub tape: Tape<B>,
    pub logits: Vec<f32>,
    pub timings: Timings,
}

impl<B: Named> Session<B> {
    /// Decodes, prepares, and runs the network, keeping what a walk back to the layers that `watch` names needs.
    pub fn run(source: &Source, backend: B, watch: impl Fn(&Model) -> Result<Vec<NodeId>>) -> Result<Self> {
        let mut timings = Timings::default();
        let mut started = Instant::now();
        let mut lap = || {
            let ms = started.elapsed().as_secs_f64() * 1e3;
            started = Instant::now();
            ms
        };

        let mut model = load_model(source.model.as_deref())?;
        let watched = watch(&model)?;
        let weights = std::mem::take(&mut model.weights);
        let network = Arc::new(Network::new(backend, model.graph.clone(), &weights)?);
        drop(weights);
        // A graphics card is ready once it has taken the weights, which it does when something is waited for.
        block_on(network.backend().download_all(&[]))?;
        timings.load = lap();

        let (shape, tensor, photo, backdrop) = match (&source.photo, &source.input) {
            (_, Some(path)) => {
                let (shape, tensor) = crate::npy::read(path)?;
                timings.decode = lap();
                (shape, tensor, None, None)
            }
            (photo, None) => {
                let path = photo.as_deref().unwrap_or(Path::new(""));
                let bytes = std::fs::read(path).map_err(|e| Error::file(path, e))?;
                let photo = decoded(path, &bytes)?;
                timings.decode = lap();
                let how = preprocessing(&model);
                let prepared = prepare(&photo.rgba, photo.width, photo.height, source.fit, &how)?;
                timings.prepare = lap();
                let shape = Shape::new(1, 3, model.preprocessing.height, model.preprocessing.width);
                (shape, prepared.tensor, Some((photo, prepared.view)), Some(prepared.backdrop))
            }
        };
        let retain = if watched.is_empty() { Retain::Logits } else { Retain::Layers(&watched) };
        let forward = network.forward(shape, &tensor, retain);
        let forward = forward.and_then(|tape| block_on(tape.logits()).map(|logits| (tape, logits)));
        let (tape, logits) = forward.map_err(|e| match &source.input {
            // what a network refuses of a ready tensor is that file's fault
            Some(path) => Error::file(path, e),
            None => e.into(),
        })?;
        timings.forward = lap();
        Ok(Self { model, photo, backdrop, tape, logits, timings })
    }
}

/// How the model wants a photo.
pub fn preprocessing(model: &Model) -> Preprocessing {
    let p = &model.preprocessing;
    Preprocessing::new(p.width, p.height, p.mean, p.std, p.crop_fraction)
}
