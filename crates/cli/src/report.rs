//! The JSON reports of `--json`.

use candling_core::Prediction;
use candling_imaging::Rect;
use candling_models::Labels;
use serde::Serialize;

use crate::backend::{Choice, Named};
use crate::error::Result;
use crate::session::{Session, Timings};
use crate::shown::shown;
use crate::subjects::Subject;

#[derive(Serialize)]
pub struct Class<'a> {
    pub index: u32,
    pub label: &'a str,
}

#[derive(Serialize)]
pub struct PredictedClass<'a> {
    #[serde(flatten)]
    pub class: Class<'a>,
    pub logit: f32,
    pub probability: f32,
}

/// The part of the photo that the network saw, in pixels of the photo.
#[derive(Serialize)]
pub struct View {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// A photo and the part of it that was seen.
#[derive(Serialize)]
pub struct PhotoReport {
    width: u32,
    height: u32,
    view: View,
}

/// The backend that computed the network.
#[derive(Serialize)]
pub struct BackendReport {
    name: &'static str,
    /// The GPU, as its driver calls it; `None` for the CPU.
    card: Option<String>,
    /// Whether the adapter is a software renderer on the CPU.
    software: bool,
}

impl BackendReport {
    fn of<B: Named>(backend: &B) -> Self {
        let name = match B::CHOICE {
            Choice::Cpu => "cpu",
            Choice::WebGpu => "webgpu",
        };
        let card = backend.card();
        let software = card.as_ref().is_some_and(|card| card.software);
        Self { name, card: card.map(|card| card.name), software }
    }
}

/// The part that both commands report.
#[derive(Serialize)]
pub struct Common<'a> {
    pub model: &'a str,
    pub source: String,
    /// `None` for a tensor from a file.
    pub photo: Option<PhotoReport>,
    pub predictions: Vec<PredictedClass<'a>>,
    pub backend: BackendReport,
    pub timings_ms: &'a Timings,
}

impl<'a> Common<'a> {
    pub fn new(subject: &Subject, session: &'a Session<impl Named>, predictions: &[Prediction]) -> Self {
        Self {
            model: session.model.name(),
            source: shown(&subject.path),
            photo: session.photo.as_ref().map(|(photo, view)| {
                let Rect { x, y, width, height } = *view;
                PhotoReport { width: photo.width, height: photo.height, view: View { x, y, width, height } }
            }),
            predictions: predictions.iter().map(|p| predicted(session.model.labels(), p)).collect(),
            backend: BackendReport::of(session.tape.network().backend()),
            timings_ms: &session.timings,
        }
    }
}

fn predicted<'a>(labels: &'a Labels, p: &Prediction) -> PredictedClass<'a> {
    PredictedClass { class: class(labels, p.class), logit: p.logit, probability: p.probability }
}

pub fn class(labels: &Labels, index: u32) -> Class<'_> {
    Class { index, label: labels.name(index) }
}

/// One JSON object on one line.
pub fn json(report: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(report).map_err(|e| candling_core::Error::Backend(format!("json: {e}")))?)
}
