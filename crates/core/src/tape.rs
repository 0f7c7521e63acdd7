//! A recorded forward pass, and the backward pass through it.

use std::sync::Arc;

use crate::ops::{Back, Binary, Kept};
use crate::{
    Activation, Backend, Error, Gate, Graph, Network, NodeId, ReluRule, Result, Rule, Shape, Target,
};

/// The recorded outputs of a forward pass. Immutable: it serves any number of classes, layers and methods, so
/// a second class for the same picture needs no second forward pass.
pub struct Tape<B: Backend> {
    network: Arc<Network<B>>,
    shapes: Vec<Shape>,
    outputs: Vec<Option<B::Tensor>>,
    argmax: Vec<Option<B::Argmax>>,
}

impl<B: Backend> Tape<B> {
    pub(crate) fn new(
        network: Arc<Network<B>>,
        shapes: Vec<Shape>,
        outputs: Vec<Option<B::Tensor>>,
        argmax: Vec<Option<B::Argmax>>,
    ) -> Self {
        Self { network, shapes, outputs, argmax }
    }

    /// The network that ran.
    #[must_use]
    pub fn network(&self) -> &Arc<Network<B>> {
        &self.network
    }

    /// The layers of the network.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.network.graph()
    }

    /// A layer's output shape in this run.
    #[must_use]
    pub fn shape(&self, id: NodeId) -> Shape {
        self.shapes[id.index()]
    }

    /// A layer's output, after its fused activation, if it was kept.
    #[must_use]
    pub fn activation(&self, id: NodeId) -> Option<&B::Tensor> {
        self.outputs[id.index()].as_ref()
    }

    /// The logits, `[n, classes]` row-major.
    ///
    /// # Errors
    /// [`Error::NotFinite`] if the network overflowed; those of the backend.
    pub async fn logits(&self) -> Result<Vec<f32>> {
        let output = self.graph().output();
        let logits = self.download(output).await?;
        Error::check_finite("logits", &logits)?;
        Ok(logits)
    }

    /// A layer's output, or an error if it was not kept.
    pub(crate) fn kept(&self, id: NodeId) -> Result<&B::Tensor> {
        self.activation(id).ok_or_else(|| Error::NotRetained(self.graph().node(id).name.clone()))
    }

    /// Downloads several tensors; waits once.
    pub(crate) async fn download_all<const N: usize>(&self, xs: [&B::Tensor; N]) -> Result<[Vec<f32>; N]> {
        let values = self.network.backend().download_all(&xs).await?;
        let count = values.len();
        values.try_into().map_err(|_| Error::Backend(format!("{count} tensors came back of {N}")))
    }

    /// Downloads a layer's output.
    pub(crate) async fn download(&self, id: NodeId) -> Result<Vec<f32>> {
        self.network.backend().download(self.kept(id)?).await
    }

    /// Calls `f` with the kept tensors of a layer; `passed` says whether the gradient has passed the layer's
    /// activation.
    fn with_kept<T>(&self, id: NodeId, passed: bool, f: impl FnOnce(&Kept<'_, B>) -> T) -> T {
        let graph = self.graph();
        let shapes: Vec<Shape> = graph.inputs(id).map(|input| self.shape(input)).collect();
        let inputs: Vec<Option<&B::Tensor>> = graph.inputs(id).map(|input| self.activation(input)).collect();
        f(&Kept {
            shapes: &shapes,
            inputs: &inputs,
            output: self.activation(id),
            argmax: self.argmax[id.index()].as_ref(),
            passed,
        })
    }

    /// Whether the forward pass kept what the layer's vjp needs.
    fn keeps_for_vjp(&self, id: NodeId) -> bool {
        self.with_kept(id, false, |kept| kept.holds(self.graph().node(id).op.keeps()))
    }

    /// The vjp of one layer.
    fn vjp_of(&self, id: NodeId, passed: bool, back: Back<'_, B>) -> Result<B::Tensor> {
        let node = self.graph().node(id);
        let (backend, prepared) = (self.network.backend(), self.network.prepared(id));
        let dx = self.with_kept(id, passed, |kept| node.op.vjp(backend, prepared, kept, back));
        dx.map_err(|e| e.at(&node.name, node.op.name()))
    }

    /// The exact vjp of one layer, with respect to its first input.
    pub(crate) fn vjp(&self, id: NodeId, dy: &B::Tensor) -> Result<B::Tensor> {
        if !self.keeps_for_vjp(id) {
            return Err(Error::NotRetained(self.graph().node(id).name.clone()));
        }
        self.vjp_of(id, false, Back { dy, input: 0, rule: ReluRule::Exact, gate: None })
    }

    /// The gate of a layer's fused activation, if it has one that was kept.
    fn gate(&self, id: NodeId, rule: ReluRule) -> Option<Gate<'_, B::Tensor>> {
        let activation = self.graph().node(id).op.fused_activation();
        let y = self.activation(id).filter(|_| activation != Activation::None)?;
        Some(Gate { y, activation, rule })
    }

    /// The gradient of `target` with respect to the output of layer `to`, of that layer's shape, separately
    /// for every picture of the batch. `rule` says how ReLUs are treated, or more ([`Rule`]). The backward
    /// pass covers only layers between the logits and `to`, without the fused activation of `to` itself: the
    /// gradient is that *at* its output.
    ///
    /// # Errors
    /// [`Error::UnknownClass`], [`Error::NotRetained`], or [`Error::AtLayer`] that names a layer whose vjp
    /// this backend lacks.
    pub fn backward(&self, target: Target, to: NodeId, rule: impl Rule<B>) -> Result<B::Tensor> {
        self.backward_observed(target, to, rule, &mut |_| {})
    }

    /// [`Tape::backward`] that calls `done` after each layer: for a profile.
    ///
    /// # Errors
    /// As for [`Tape::backward`].
    pub fn backward_observed(
        &self,
        target: Target,
        to: NodeId,
        rule: impl Rule<B>,
        done: &mut dyn FnMut(NodeId),
    ) -> Result<B::Tensor> {
        let graph = self.graph();
        let backend = self.network.backend();
        let output = graph.output();

        let downstream = graph.downstream_of(|id| id == to);
        let walked = |id: &NodeId| *id > to && downstream[id.index()];
        if !graph.ids().filter(walked).all(|id| self.keeps_for_vjp(id)) {
            return Err(Error::NotRetained(graph.node(to).name.clone()));
        }

        // ∂target/∂logits is the same for every picture
        let logits = self.shape(output);
        let seed = target.gradient(logits.c)?.repeat(logits.n);
        let mut gradients: Vec<Option<B::Tensor>> = vec![None; self.shapes.len()];
        let mut passed = vec![false; self.shapes.len()];
        let mut readers = vec![0usize; self.shapes.len()];
        for input in graph.ids().filter(walked).flat_map(|id| graph.inputs(id)) {
            readers[input.index()] += 1;
        }
        gradients[output.index()] = Some(backend.upload(logits, &seed)?);

        for id in graph.ids().rev().filter(walked) {
            let Some(dy) = gradients[id.index()].take() else {
                continue;
            };
            let node = graph.node(id);
            let in_layer = |e: Error| e.at(&node.name, node.op.name());
            let dy = rule.before(self, id, dy).map_err(in_layer)?;
            for (i, input) in graph.inputs(id).enumerate().filter(|(_, x)| downstream[x.index()]) {
                // The gradient of a layer with one reader is complete here and can pass its activation at
                // once. The gradient at `to` is taken with respect to its activated output, so its gate is
                // not applied.
                let gate = (node.op.takes_gate() && readers[input.index()] == 1 && input != to)
                    .then(|| self.gate(input, rule.relu()))
                    .flatten();
                passed[input.index()] = gate.is_some();
                let back = Back { dy: &dy, input: i, rule: rule.relu(), gate };
                let dx = self.vjp_of(id, passed[id.index()], back)?;
                let dx = rule.after(self, id, input, dx).map_err(in_layer)?;
                // the gradients of an output that several layers read are added
                let slot = &mut gradients[input.index()];
                *slot = Some(match slot.take() {
                    None => dx,
                    Some(sum) => {
                        backend.binary(&sum, &dx, Binary::Add, self.shape(input)).map_err(in_layer)?
                    }
                });
            }
            done(id);
        }
        gradients[to.index()]
            .take()
            .ok_or_else(|| Error::InvalidGraph(format!("no path to `{}`", graph.node(to).name)))
    }
}
