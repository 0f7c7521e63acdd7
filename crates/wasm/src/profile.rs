//! Profile: milliseconds per layer, forward and backward.

use candling_core::{NodeId, ReluRule, Result, Retain, Target};
use candling_cpu::on_threads;
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Prepared};
use crate::types::{LayerTime, object};
use candling_bindings::Result as Thrown;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page or worker started.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[wasm_bindgen]
impl Engine {
    /// Runs the forward pass and Guided Backpropagation of class 0 to the input `rounds` times; returns the
    /// median of both for every layer.
    ///
    /// # Errors
    /// As [`Engine::forward`].
    pub fn profile(&self, input: &Prepared, rounds: usize) -> Thrown<JsValue> {
        let (graph, rounds) = (self.network.graph(), rounds.max(1));
        let layers = graph.ids().count();
        let mut forward = vec![Vec::with_capacity(rounds); layers];
        let mut backward = forward.clone();
        for _ in 0..rounds {
            on_threads(|| self.profile_once(input, &mut forward, &mut backward))?;
        }
        let times = |id: NodeId| LayerTime {
            name: &graph.node(id).name,
            op: graph.node(id).op.name(),
            forward: median(&forward[id.index()]),
            backward: median(&backward[id.index()]),
        };
        object(&graph.ids().skip(1).map(times).collect::<Vec<_>>())
    }
}

impl Engine {
    fn profile_once(
        &self,
        input: &Prepared,
        forward: &mut [Vec<f64>],
        backward: &mut [Vec<f64>],
    ) -> Result<()> {
        let mut last = now();
        let mut lap = |times: &mut [Vec<f64>], id: NodeId| {
            let time = now();
            times[id.index()].push(time - last);
            last = time;
        };
        let tape = self
            .network
            .forward_observed(input.shape, &input.tensor, Retain::All, &mut |id| lap(forward, id))?;
        tape.backward_observed(Target::Class(0), tape.graph().input(), ReluRule::Guided, &mut |id| {
            lap(backward, id)
        })?;
        Ok(())
    }
}

/// The median, the upper one of two; 0 for a layer that did not run. There are at most some dozen times: a
/// sort would add more to the download than it saves.
fn median(times: &[f64]) -> f64 {
    let middle = times.len() / 2;
    let is_middle = |time: &f64| {
        let below = times.iter().filter(|other| *other < time).count();
        let up_to = times.iter().filter(|other| *other <= time).count();
        (below..up_to).contains(&middle)
    };
    times.iter().copied().find(is_middle).unwrap_or(0.0)
}
