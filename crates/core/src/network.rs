//! A graph with its weights on a backend, ready to run.

use std::sync::Arc;

use crate::ops::Prepared;
use crate::{Backend, Error, Graph, NodeId, Result, Shape, Tape, Weights};

/// The outputs that a forward pass keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retain<'a> {
    /// Only the logits, for a prediction. Other outputs are freed after their last use.
    Logits,
    /// The outputs of these layers, and what a backward pass to them needs.
    Layers(&'a [NodeId]),
    /// Everything: allows any class, layer and method afterwards.
    All,
}

/// A graph whose weights a backend has prepared. Immutable: one network serves any number of tapes. Networks
/// that differ in some layers share the other layers.
pub struct Network<B: Backend> {
    backend: Arc<B>,
    graph: Arc<Graph>,
    prepared: Vec<Arc<Prepared<B>>>,
}

impl<B: Backend> Network<B> {
    /// Prepares the weights of all layers on the backend.
    ///
    /// # Errors
    /// [`Error::AtLayer`] if a weight is missing, of the wrong shape, or not finite.
    pub fn new(backend: B, graph: Graph, weights: &Weights) -> Result<Self> {
        let prepare = |node: &crate::Node| {
            let prepared = node.op.prepare(&backend, &node.name, weights);
            prepared.map(Arc::new).map_err(|e| e.at(&node.name, node.op.name()))
        };
        let prepared = graph.nodes().iter().map(prepare).collect::<Result<_>>()?;
        Ok(Self { backend: Arc::new(backend), graph: Arc::new(graph), prepared })
    }

    /// This network with other weights in some layers.
    pub(crate) fn with(&self, layers: &[(NodeId, Arc<Prepared<B>>)]) -> Self {
        let mut prepared = self.prepared.clone();
        layers.iter().for_each(|(id, weights)| prepared[id.index()] = Arc::clone(weights));
        Self { backend: Arc::clone(&self.backend), graph: Arc::clone(&self.graph), prepared }
    }

    /// The layers.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The kernels.
    #[must_use]
    pub fn backend(&self) -> &B {
        &self.backend
    }

    pub(crate) fn prepared(&self, id: NodeId) -> &Prepared<B> {
        &self.prepared[id.index()]
    }

    /// Runs the network on `n` pictures, `x` being their row-major NCHW values, and records what `retain`
    /// says.
    ///
    /// # Errors
    /// [`Error::BadShape`] if `x` is not of `shape`, [`Error::NotFinite`] if it holds a NaN or an infinity,
    /// [`Error::AtLayer`] if a layer cannot take its input.
    pub fn forward(self: &Arc<Self>, shape: Shape, x: &[f32], retain: Retain<'_>) -> Result<Tape<B>> {
        self.forward_observed(shape, x, retain, &mut |_| {})
    }

    /// [`Network::forward`] that calls `done` after each layer: for a profile.
    ///
    /// # Errors
    /// As for [`Network::forward`].
    pub fn forward_observed(
        self: &Arc<Self>,
        shape: Shape,
        x: &[f32],
        retain: Retain<'_>,
        done: &mut dyn FnMut(NodeId),
    ) -> Result<Tape<B>> {
        let graph = &self.graph;
        let shapes = graph.shapes_for(shape)?;
        Error::check_finite("input", x)?;

        let (outputs_kept, on_way_back) = match retain {
            Retain::Logits => (vec![false; shapes.len()], vec![false; shapes.len()]),
            Retain::All => (vec![true; shapes.len()], vec![true; shapes.len()]),
            Retain::Layers(layers) => (
                graph.ids().map(|id| layers.contains(&id)).collect(),
                graph.downstream_of(|id| layers.contains(&id)),
            ),
        };
        // number of layers that still need an output; it is freed after the last of them unless it is kept
        let mut waiting = vec![0usize; shapes.len()];
        for id in graph.ids() {
            let walked = on_way_back[id.index()];
            let keeps = graph.node(id).op.keeps();
            if outputs_kept[id.index()] || (walked && keeps.output) || id == graph.output() {
                waiting[id.index()] += 1;
            }
            for (i, input) in graph.inputs(id).enumerate() {
                waiting[input.index()] += 1 + usize::from(walked && keeps.inputs.contains(&i));
            }
        }

        let mut outputs: Vec<Option<B::Tensor>> = vec![None; shapes.len()];
        let mut argmax = vec![None; shapes.len()];
        outputs[0] = Some(self.backend.upload(shape, x)?);
        for id in graph.ids().skip(1) {
            let node = graph.node(id);
            let mut inputs = Vec::with_capacity(node.inputs.len());
            for input in graph.inputs(id) {
                let slot = &mut outputs[input.index()];
                waiting[input.index()] -= 1;
                let tensor = if waiting[input.index()] == 0 { slot.take() } else { slot.clone() };
                inputs.extend(tensor);
            }
            let result = node
                .op
                .forward(self.backend(), self.prepared(id), &inputs, shapes[id.index()])
                .map_err(|e| e.at(&node.name, node.op.name()))?;
            outputs[id.index()] = Some(result.y);
            argmax[id.index()] = result.argmax.filter(|_| on_way_back[id.index()]);
            done(id);
        }
        Ok(Tape::new(Arc::clone(self), shapes, outputs, argmax))
    }
}
