//! Cascading randomisation: does a map depend on what the network has learnt? (Adebayo et al. 2018, "Sanity
//! checks for saliency maps", §3.1)
//!
//! Weights are replaced by random ones layer after layer, starting at the logits. A map that looks the same
//! afterwards shows the photo, not the network's reasons.

use std::sync::Arc;

use fastrand::Rng;

use crate::ops::Prepared;
use crate::trained::Trained;
use crate::{
    Attribution, Backend, Error, Explainer, Method, Network, NodeId, Query, Result, Retain, Tape, Target,
    Weight, Weights, probabilities, random, rank_correlation,
};

/// A network whose weights are randomised layer by layer.
///
/// Each tensor, weight or bias, is drawn from a normal distribution with the mean and standard deviation of
/// the trained tensor. This takes the place of re-initialisation: with batch normalisation folded into the
/// weights, the usual initial scale would make activations vanish or explode.
pub struct Cascade<B: Backend> {
    network: Arc<Network<B>>,
    trained: Arc<Trained>,
    seed: u64,
    /// Random weights from the logits down, drawn on demand. A layer's draw does not depend on the others.
    drawn: Vec<(NodeId, Arc<Prepared<B>>)>,
}

/// Prediction and maps of a network with some randomised layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Randomized {
    /// Softmax probability of the target's class (`class` of a margin); NaN if the logits overflowed.
    pub probability: f32,
    /// A map for each method.
    pub maps: Vec<RandomizedMap>,
}

/// A map of the randomised network.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomizedMap {
    /// The map; all NaN if the backward pass overflowed.
    pub attribution: Attribution,
    /// Spearman's rank correlation of its magnitudes with those of the trained network's map, −1 to 1; none
    /// if either map is constant.
    pub correlation: Option<f64>,
}

impl<B: Backend> Cascade<B> {
    /// Creates a cascade; weights are drawn on demand.
    #[must_use]
    pub const fn new(network: Arc<Network<B>>, trained: Arc<Trained>, seed: u64) -> Self {
        Self { network, trained, seed, drawn: Vec::new() }
    }

    /// Seed of the random weights.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Explains the picture of `tape` by the network whose first `layers` layers of
    /// [`Graph::weighted`](crate::Graph::weighted) are randomised; 0 gives the trained network's own maps.
    /// `tape` must have kept everything. `layer` is for the methods that [take one](Method::takes_layer), the
    /// default layer by default.
    ///
    /// Random weights may overflow if activations are unbounded. That is a result, not an error: see
    /// [`Randomized`].
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more layers than there are; [`Error::NotRetained`]; and those of
    /// [`Tape::explain`].
    pub async fn explain(
        &mut self,
        tape: &Tape<B>,
        layers: usize,
        target: Target,
        methods: &[Method],
        layer: Option<NodeId>,
    ) -> Result<Randomized> {
        target.gradient(tape.graph().classes())?;
        let input = tape.graph().input();
        let x = tape.download(input).await?;
        let run = self.network(layers)?.forward(tape.shape(input), &x, Retain::All)?;
        let logits = run.download(run.graph().output()).await?;
        let (Target::Class(class) | Target::Margin { class, .. }) = target;
        let probability = probabilities(&logits).get(class as usize).copied().unwrap_or(f32::NAN);

        let (mut intact, mut redrawn) = (Explainer::new(tape), Explainer::new(&run));
        let mut maps = Vec::with_capacity(methods.len());
        for &method in methods {
            let query = Query { layer: layer.filter(|_| method.takes_layer()), ..Query::new(method, target) };
            let trained = intact.explain(&query).await?;
            let attribution = match redrawn.explain(&query).await {
                Err(Error::NotFinite { .. }) => {
                    Attribution { data: vec![f32::NAN; trained.data.len()], ..trained.clone() }
                }
                found => found?,
            };
            let correlation = rank_correlation(&trained.data, &attribution.data);
            maps.push(RandomizedMap { attribution, correlation });
        }
        Ok(Randomized { probability, maps })
    }

    fn network(&mut self, layers: usize) -> Result<Arc<Network<B>>> {
        let weighted: Vec<NodeId> = self.network.graph().weighted().collect();
        if layers > weighted.len() {
            return Err(Error::BadArgument(format!(
                "layers: {layers}; this network has 0 to {} with weights",
                weighted.len()
            )));
        }
        for &id in weighted.iter().take(layers).skip(self.drawn.len()) {
            self.drawn.push((id, Arc::new(self.draw(id)?)));
        }
        Ok(Arc::new(self.network.with(&self.drawn[..layers])))
    }

    fn draw(&self, id: NodeId) -> Result<Prepared<B>> {
        let node = self.network.graph().node(id);
        // a random stream for each layer
        let mut rng = Rng::with_seed(self.seed);
        let streams = std::iter::repeat_with(|| rng.u64(..));
        let mut rng = Rng::with_seed(streams.skip(id.index()).take(1).sum());
        let parameters = node.op.parameters().into_iter().zip(&self.trained.layer(id).tensors);
        let weights: Weights = parameters
            .map(|((suffix, shape), spread)| {
                let data = random::normal(shape.iter().product(), spread.mean, spread.deviation, &mut rng);
                (format!("{}.{suffix}", node.name), Weight { shape, data })
            })
            .collect();
        let prepared = node.op.prepare(self.network.backend(), &node.name, &weights);
        prepared.map_err(|e| e.at(&node.name, node.op.name()))
    }
}
