//! A loaded model, and inputs for it.

use std::sync::Arc;

use candling_core::{Network, NodeId, Retain, Shape, Trained};
use candling_cpu::{Cpu, measured};
use candling_imaging::{Backdrop, Fit, Preprocessing, Rect};
use candling_models::{Labels, Model, Spec};
use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use crate::run::{Run, predictions};
use crate::types::{Block, Info, Layer, Method, View, object};
use candling_bindings::Result;

#[wasm_bindgen]
extern "C" {
    /// Current time in milliseconds.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Number of threads of the last forward pass.
#[must_use]
#[wasm_bindgen(js_name = threadsUsed)]
pub fn threads_used() -> usize {
    candling_cpu::threads_used()
}

/// A loaded model.
#[wasm_bindgen]
pub struct Engine {
    /// The description of the model; its weights are in the network.
    pub(crate) model: Spec,
    labels: Arc<Labels>,
    trained: Arc<Trained>,
    pub(crate) network: Arc<Network<Cpu>>,
}

/// An input tensor, and the part of the photo that it shows.
#[wasm_bindgen]
pub struct Prepared {
    pub(crate) shape: Shape,
    pub(crate) tensor: Vec<f32>,
    view: Rect,
    backdrop: Option<Backdrop>,
}

#[wasm_bindgen]
impl Engine {
    /// Reads and checks a model file.
    ///
    /// # Errors
    /// `bad-model`, and the code of a layer that does not fit.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Engine> {
        let (model, weights) = Model::from_bytes(model)?.into_parts();
        let trained = Trained::of(model.graph(), &weights).map_err(candling_models::Error::from)?;
        let network = Network::new(Cpu::new(), model.graph().clone(), &weights)
            .map_err(candling_models::Error::from)?;
        let labels = Arc::new(model.labels().clone());
        Ok(Self { labels, trained: Arc::new(trained), network: Arc::new(network), model })
    }

    /// The model's description.
    ///
    /// # Errors
    /// None in practice.
    pub fn info(&self) -> Result<JsValue> {
        let model = &self.model;
        let (graph, preprocessing) = (model.graph(), model.preprocessing());
        let layer = |id| {
            let (node, shape) = (graph.node(id), graph.shape(id));
            let (name, op) = (node.name.as_str(), node.op.name());
            Layer { name, op, channels: shape.c, height: shape.h, width: shape.w }
        };
        let names = |ids: &[NodeId]| ids.iter().map(|&id| graph.node(id).name.as_str()).collect();
        let blocks = graph.blocks();
        let block =
            |block: &candling_core::Block| Block { layers: names(&block.layers), merges: block.merges };
        object(&Info {
            name: model.name(),
            licence: model.licence(),
            origin: model.origin(),
            input_width: preprocessing.width,
            input_height: preprocessing.height,
            mean: preprocessing.mean,
            std: preprocessing.std,
            neutral: preprocessing.neutral(),
            default_layer: &graph.node(self.model.default_layer()).name,
            evidence_layer: &graph.node(self.model.evidence_layer()).name,
            classes: graph.classes(),
            layers: graph.ids().map(layer).collect(),
            blocks: blocks.iter().map(block).collect(),
            weighted: names(&graph.weighted().collect::<Vec<_>>()),
            methods: Method::all(),
        })
    }

    /// The class names, by index.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.labels.names().to_vec()
    }

    /// Finds a class by its index, its name, or an unambiguous part of it.
    ///
    /// # Errors
    /// `unknown-class`, suggesting the nearest.
    #[wasm_bindgen(js_name = findClass)]
    pub fn find_class(&self, query: &str) -> Result<u32> {
        Ok(self.labels.find(query)?)
    }

    /// The likeliest classes by these logits, best first; for logits that were computed elsewhere.
    ///
    /// # Errors
    /// None in practice.
    pub fn predictions(&self, logits: &[f32], count: usize) -> Result<JsValue> {
        predictions(&self.labels, logits, count)
    }

    /// Converts photo pixels (RGBA8, straight alpha) to an input; `fit` is `squash` or `crop`.
    ///
    /// # Errors
    /// `bad-argument`, `image-too-large`.
    pub fn prepare(&self, rgba: &[u8], width: u32, height: u32, fit: &str) -> Result<Prepared> {
        let p = self.model.preprocessing();
        let how = Preprocessing::new(p.width, p.height, p.mean, p.std, p.crop_fraction);
        let prepared = candling_imaging::prepare(rgba, width, height, fit.parse::<Fit>()?, &how)?;
        let shape = Shape::new(1, 3, p.height, p.width);
        let candling_imaging::Prepared { tensor, view, backdrop } = prepared;
        Ok(Prepared { shape, tensor, view, backdrop: Some(backdrop) })
    }

    /// Wraps a ready tensor `1×3×height×width` as an input.
    ///
    /// # Errors
    /// `bad-shape`.
    #[wasm_bindgen(js_name = prepareTensor)]
    pub fn prepare_tensor(&self, data: Vec<f32>, height: usize, width: usize) -> Result<Prepared> {
        let shape = Shape::new(1, 3, height, width).checked("input")?;
        let view = Rect { x: 0, y: 0, width: width as u32, height: height as u32 };
        Ok(Prepared { shape, tensor: data, view, backdrop: None })
    }

    /// Runs one forward pass. Everything is kept, so that any class, layer and method can follow.
    ///
    /// # Errors
    /// `bad-shape`, `not-finite`.
    pub fn forward(&self, input: &Prepared) -> Result<Run> {
        self.run(input, Retain::All, self.model.default_layer())
    }
}

impl Engine {
    /// Runs a forward pass that keeps what `retain` says, with `layer` as the default layer of queries.
    pub(crate) fn run(&self, input: &Prepared, retain: Retain<'_>, layer: NodeId) -> Result<Run> {
        let tape =
            measured(input.tensor.len(), now, || self.network.forward(input.shape, &input.tensor, retain))?;
        Run::new(tape, Arc::clone(&self.labels), Arc::clone(&self.trained), layer)
    }
}

#[wasm_bindgen]
impl Prepared {
    /// The part of the photo that the network sees, in pixels of the photo.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(getter)]
    pub fn view(&self) -> Result<JsValue> {
        let Rect { x, y, width, height } = self.view;
        object(&View { x, y, width, height })
    }

    /// The input tensor, row-major 3×height×width.
    #[must_use]
    pub fn tensor(&self) -> Float32Array {
        Float32Array::from(self.tensor.as_slice())
    }

    /// The pixels of the input, RGBA8 of its size; none for a ready tensor.
    #[must_use]
    pub fn seen(&self) -> Vec<u8> {
        self.backdrop.as_ref().map(|backdrop| backdrop.rgba().to_vec()).unwrap_or_default()
    }

    /// Height and width of the input.
    #[must_use]
    pub fn size(&self) -> Vec<usize> {
        vec![self.shape.h, self.shape.w]
    }
}
