//! `first/`: an explained photo to show before the model is loaded. Engine and painting are those of the
//! command and the page.

use std::path::Path;
use std::sync::Arc;

use candling_core::{Method, Network, NodeId, Query, Retain, Shape, Tape, Target, top};
use candling_cpu::Cpu;
use candling_imaging::{
    Backdrop, Colormap, Fit, Map, Paint, Photo, Preprocessing, Rect, overlay, prepare, render,
};
use candling_models::Model;
use pollster::block_on;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::jpeg;
use crate::recipe::{File, Result, photo, read, resized};

/// The photo, in `samples/`; two animals, so that another class has another place.
const PHOTO: &str = "dog_cat.jpg";

/// The model, in `models/`; the full weights, not the small ones.
const MODEL: &str = "efficientnet-lite0.safetensors";

/// Number of classes, as many as the page lists.
const CLASSES: usize = 5;

/// The default colour map of the page.
pub const COLORMAP: Colormap = Colormap::Candle;

/// Largest width of a picture in pixels; a smaller photo keeps its size.
const WIDE: u32 = 800;

/// Width of the pictures of the methods and of the photo beside them.
const SMALL: u32 = 400;

/// JPEG quality of the pictures that are shown large and first.
const QUALITY: u8 = 89;

/// JPEG quality of pixel maps, which are nearly noise that a JPEG keeps at any quality.
const SMALL_QUALITY: u8 = 75;

/// `first.json`: what the pictures show and how they were made.
#[derive(Serialize)]
struct Contents<'a> {
    photo: &'static str,
    /// Size of the large pictures in pixels.
    width: u32,
    height: u32,
    /// The likeliest classes in order; the picture of one is `INDEX.jpg`.
    predictions: Vec<Class<'a>>,
    model: ModelFile,
}

#[derive(Serialize)]
struct Class<'a> {
    index: u32,
    label: &'a str,
    /// Softmax probability, 0 to 1.
    probability: f32,
}

#[derive(Serialize)]
struct ModelFile {
    file: &'static str,
    sha256: String,
}

/// The pictures, and `first.json`; `www` is the site's folder.
pub fn files(www: &Path) -> Result<Vec<File>> {
    let bytes = read(&www.join("models").join(MODEL))?;
    let model = Model::from_bytes(&bytes).map_err(|e| format!("{MODEL}: {e}"))?;
    let photo = photo(&www.join("samples").join(PHOTO))?;
    let (tape, backdrop) = forward(&model, &photo)?;
    let predictions = top(&block_on(tape.logits())?, CLASSES);
    let likeliest = predictions.first().ok_or("the model has no classes")?.class;

    let (large, small) = (shrunk(&photo, WIDE)?, shrunk(&photo, SMALL)?);
    let ask = |method: Method, class: u32| Question {
        method,
        class,
        layer: model.default_layer(),
        backdrop: &backdrop,
    };
    let mut files = Vec::new();
    for prediction in &predictions {
        let picture = explained(&tape, &large, ask(Method::GRAD_CAM, prediction.class))?;
        files.push(jpeg_file(&prediction.class.to_string(), &picture, QUALITY)?);
    }
    for method in [Method::CAM, Method::GUIDED_BACKPROP, Method::GUIDED_GRAD_CAM] {
        let picture = explained(&tape, &small, ask(method, likeliest))?;
        files.push(jpeg_file(method.name(), &picture, SMALL_QUALITY)?);
    }
    files.push(jpeg_file("photo", &small, QUALITY)?);

    let contents = Contents {
        photo: PHOTO,
        width: large.width,
        height: large.height,
        predictions: predictions
            .iter()
            .map(|p| Class {
                index: p.class,
                label: model.labels().name(p.class),
                probability: p.probability,
            })
            .collect(),
        model: ModelFile { file: MODEL, sha256: sha256(&bytes) },
    };
    let json = serde_json::to_string_pretty(&contents)?;
    files.push(File { name: "first/first.json".into(), bytes: format!("{json}\n").into_bytes() });
    Ok(files)
}

/// The SHA-256 of bytes, in 64 lowercase hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs the network on the whole photo, as the page does, and returns what it saw.
fn forward(model: &Model, photo: &Photo) -> Result<(Tape<Cpu>, Backdrop)> {
    let p = model.preprocessing();
    let how = Preprocessing::new(p.width, p.height, p.mean, p.std, p.crop_fraction);
    let prepared = prepare(&photo.rgba, photo.width, photo.height, Fit::Squash, &how)?;
    let network = Arc::new(Network::new(Cpu::new(), model.graph().clone(), model.weights())?);
    let watched = [model.default_layer(), model.graph().input()];
    let shape = Shape::new(1, 3, p.height, p.width);
    let tape = network.forward(shape, &prepared.tensor, Retain::Layers(&watched))?;
    Ok((tape, prepared.backdrop))
}

struct Question<'a> {
    method: Method,
    class: u32,
    layer: NodeId,
    backdrop: &'a Backdrop,
}

/// Paints the map over the photo.
fn explained(tape: &Tape<Cpu>, photo: &Photo, question: Question<'_>) -> Result<Photo> {
    let Question { method, class, layer, backdrop } = question;
    let layer = method.takes_layer().then_some(layer);
    let found = block_on(tape.explain(&Query { layer, ..Query::new(method, Target::Class(class)) }))?;
    let map = Map::new(&found.data, found.shape.c, found.shape.h, found.shape.w)?;
    let opacity = COLORMAP.usual_opacity();
    let paint = Paint { colormap: COLORMAP, opacity, scale: None, backdrop: Some(backdrop) };
    let heat = render(&map, photo.width, photo.height, paint)?;
    let mut picture = photo.clone();
    overlay(&mut picture, &heat, whole(photo))?;
    Ok(picture)
}

/// Scales the photo down to this width, keeping its proportions.
fn shrunk(photo: &Photo, width: u32) -> Result<Photo> {
    if photo.width <= width {
        return Ok(photo.clone());
    }
    let height = f64::from(photo.height) * f64::from(width) / f64::from(photo.width);
    resized(photo, whole(photo), width, (height.round() as u32).max(1))
}

fn whole(photo: &Photo) -> Rect {
    Rect { x: 0, y: 0, width: photo.width, height: photo.height }
}

fn jpeg_file(name: &str, picture: &Photo, quality: u8) -> Result<File> {
    Ok(File { name: format!("first/{name}.jpg"), bytes: jpeg::encode(picture, quality)? })
}
