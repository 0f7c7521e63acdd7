//! Maps of networks with randomised weights.

use std::sync::Arc;

use candling_core::Method;
use candling_core::attribution::{self, Cascade};
use candling_cpu::on_threads;
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::run::Run;
use candling_bindings::{Explanation, Result, target_of};

/// Prediction and maps of such a network.
#[wasm_bindgen]
pub struct Randomized {
    layers: Vec<String>,
    probability: f32,
    maps: Vec<Option<Explanation>>,
    correlations: Vec<Option<f64>>,
}

#[wasm_bindgen]
impl Run {
    /// Explains the input by the network whose first `layers` layers of `Info.weighted` are randomised.
    /// `layer` is for the methods that take one. Random weights are reused until another seed is requested.
    ///
    /// # Errors
    /// `bad-argument`, `unknown-class`, `unknown-layer`, `not-retained`.
    pub fn randomized(
        &mut self,
        layers: usize,
        target: u32,
        over: Option<u32>,
        methods: Vec<String>,
        layer: Option<String>,
        seed: u32,
    ) -> Result<Randomized> {
        let methods: Vec<Method> =
            methods.iter().map(|name| name.parse()).collect::<candling_core::Result<_>>()?;
        let at = self.layer(layer.as_deref())?;
        let seed = u64::from(seed);
        let fresh = || Cascade::new(Arc::clone(self.tape.network()), Arc::clone(&self.trained), seed);
        let mut cascade = self.cascade.take().filter(|kept| kept.seed() == seed).unwrap_or_else(fresh);
        let target = target_of(target, over);
        let found = on_threads(|| block_on(cascade.explain(&self.tape, layers, target, &methods, Some(at))));
        self.cascade = Some(cascade);

        let attribution::Randomized { probability, maps } = found?;
        let graph = self.tape.graph();
        let redrawn = graph.weighted().take(layers).map(|id| graph.node(id).name.clone());
        Ok(Randomized {
            layers: redrawn.collect(),
            probability,
            correlations: maps.iter().map(|map| map.correlation).collect(),
            maps: maps.into_iter().map(|map| Some(Explanation::new(map.attribution, graph))).collect(),
        })
    }
}

#[wasm_bindgen]
impl Randomized {
    /// Names of the randomised layers, from the logits down.
    #[must_use]
    pub fn layers(&self) -> Vec<String> {
        self.layers.clone()
    }

    /// Softmax probability of the target's class; NaN if the logits overflowed.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn probability(&self) -> f32 {
        self.probability
    }

    /// Takes the map of the method with this index; all NaN if the backward pass overflowed. None the second
    /// time.
    #[must_use]
    pub fn map(&mut self, method: usize) -> Option<Explanation> {
        self.maps.get_mut(method)?.take()
    }

    /// Rank correlation of its magnitudes with those of the trained network's map; none if either is
    /// constant.
    #[must_use]
    pub fn correlation(&self, method: usize) -> Option<f64> {
        self.correlations.get(method).copied().flatten()
    }
}
