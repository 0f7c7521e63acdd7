//! One forward pass, and what can be asked of it.

use std::sync::Arc;

use candling_bindings::{Explanation, Result, question, target_of};
use candling_core::attribution::Cascade;
use candling_core::{Backend, Error, NodeId, Tape, Trained, top};
use candling_cpu::{Cpu, on_threads};
use candling_models::Labels;
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::perturbation::Perturbers;
use crate::types::{Prediction, object};

/// A recorded forward pass.
#[wasm_bindgen]
pub struct Run {
    pub(crate) tape: Tape<Cpu>,
    logits: Vec<f32>,
    labels: Arc<Labels>,
    default_layer: NodeId,
    pub(crate) trained: Arc<Trained>,
    pub(crate) perturbers: Perturbers,
    /// The cascade of the last requested seed.
    pub(crate) cascade: Option<Cascade<Cpu>>,
}

impl Run {
    pub(crate) fn new(
        tape: Tape<Cpu>,
        labels: Arc<Labels>,
        trained: Arc<Trained>,
        default_layer: NodeId,
    ) -> Result<Self> {
        let logits = block_on(tape.logits())?;
        let perturbers = Perturbers::default();
        Ok(Self { tape, logits, labels, default_layer, trained, perturbers, cascade: None })
    }

    /// The layer of this name, or the model's own choice.
    pub(crate) fn layer(&self, name: Option<&str>) -> candling_core::Result<NodeId> {
        name.map_or(Ok(self.default_layer), |name| self.tape.graph().find(name))
    }
}

/// The likeliest classes as plain objects.
pub(crate) fn predictions(labels: &Labels, logits: &[f32], count: usize) -> Result<JsValue> {
    let predictions: Vec<Prediction<'_>> = top(logits, count)
        .into_iter()
        .map(|p| Prediction {
            index: p.class,
            label: labels.name(p.class),
            logit: p.logit,
            probability: p.probability,
        })
        .collect();
    object(&predictions)
}

#[wasm_bindgen]
impl Run {
    /// The likeliest classes, best first.
    ///
    /// # Errors
    /// None in practice.
    pub fn predictions(&self, count: usize) -> Result<JsValue> {
        predictions(&self.labels, &self.logits, count)
    }

    /// The logits, by class.
    #[must_use]
    pub fn logits(&self) -> Vec<f32> {
        self.logits.clone()
    }

    /// What the classifier sees: the output of the layer before it.
    ///
    /// # Errors
    /// `bad-argument` for a model that does not end in a linear layer.
    pub fn features(&self) -> Result<Vec<f32>> {
        let graph = self.tape.graph();
        let layer = graph
            .features()
            .and_then(|id| self.tape.activation(id))
            .ok_or_else(|| Error::BadArgument("features: the model does not end in a linear layer".into()))?;
        Ok(block_on(self.tape.network().backend().download(layer))?)
    }

    /// Answers a question; see the table of methods in `docs/methods.md`. `over` makes the target a margin;
    /// without a `layer` it is the model's own choice.
    ///
    /// # Errors
    /// `bad-argument`, `unknown-class`, `unknown-layer`.
    pub fn explain(
        &self,
        method: &str,
        target: u32,
        over: Option<u32>,
        layer: Option<String>,
        counterfactual: bool,
    ) -> Result<Explanation> {
        let graph = self.tape.graph();
        let target = target_of(target, over);
        let query = question(graph, self.default_layer, method, target, layer.as_deref(), counterfactual)?;
        let attribution = on_threads(|| block_on(self.tape.explain(&query)))?;
        Ok(Explanation::new(attribution, graph))
    }
}

#[wasm_bindgen]
impl Run {
    /// The input that ran, row-major 3×height×width.
    ///
    /// # Errors
    /// `not-retained` if the run did not keep it.
    pub fn input(&self) -> Result<Vec<f32>> {
        Ok(self.picture()?)
    }

    /// Height and width of the input.
    #[wasm_bindgen(js_name = inputSize)]
    #[must_use]
    pub fn input_size(&self) -> Vec<usize> {
        let shape = self.tape.shape(self.tape.graph().input());
        vec![shape.h, shape.w]
    }
}
