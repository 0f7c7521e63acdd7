//! One forward pass, and what can be asked of it.

use std::sync::Arc;

use candling_core::attribution::Cascade;
use candling_core::{Attribution, Graph, Method, NodeId, Query, Tape, Target, Trained, top};
use candling_cpu::{Cpu, on_threads};
use candling_models::Labels;
use js_sys::Float32Array;
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::error::Result;
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
    /// Of the last seed that was asked for.
    pub(crate) cascade: Option<Cascade<Cpu>>,
}

/// A raw attribution map.
#[wasm_bindgen]
pub struct Explanation {
    attribution: Attribution,
    layer: Option<String>,
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

/// A class, or its margin over another.
pub(crate) fn target_of(class: u32, over: Option<u32>) -> Target {
    match over {
        None => Target::Class(class),
        Some(over) => Target::Margin { class, over },
    }
}

#[wasm_bindgen]
impl Run {
    /// The likeliest classes, best first.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "Prediction[]")]
    pub fn predictions(&self, count: usize) -> Result<JsValue> {
        let predictions: Vec<Prediction<'_>> = top(&self.logits, count)
            .into_iter()
            .map(|p| Prediction {
                index: p.class,
                label: self.labels.name(p.class),
                logit: p.logit,
                probability: p.probability,
            })
            .collect();
        object(&predictions)
    }

    /// The logits, by class.
    #[must_use]
    pub fn logits(&self) -> Vec<f32> {
        self.logits.clone()
    }

    /// Answers a question; see the table of methods in the README. `over` makes the target a margin; without a
    /// `layer` it is the model's own choice.
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
        let method = method.parse::<Method>()?;
        let query = Query {
            method,
            target: target_of(target, over),
            layer: if layer.is_some() || method.takes_layer() {
                Some(self.layer(layer.as_deref())?)
            } else {
                None
            },
            counterfactual,
        };
        let attribution = on_threads(|| block_on(self.tape.explain(&query)))?;
        Ok(Explanation::new(attribution, graph))
    }
}

impl Explanation {
    pub(crate) fn new(attribution: Attribution, graph: &Graph) -> Self {
        let layer = attribution.layer.map(|id| graph.node(id).name.clone());
        Self { attribution, layer }
    }
}

#[wasm_bindgen]
impl Explanation {
    /// The values, row-major `channels × height × width`.
    #[must_use]
    pub fn data(&self) -> Float32Array {
        Float32Array::from(self.attribution.data.as_slice())
    }

    /// 1 for CAM methods, 3 for pixel methods.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn channels(&self) -> usize {
        self.attribution.shape.c
    }

    /// Rows.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn height(&self) -> usize {
        self.attribution.shape.h
    }

    /// Columns.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn width(&self) -> usize {
        self.attribution.shape.w
    }

    /// The largest value; 0 in a CAM says that there is no positive evidence.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn max(&self) -> f32 {
        self.attribution.max()
    }

    /// The layer that was looked at, if the method takes one.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn layer(&self) -> Option<String> {
        self.layer.clone()
    }
}
