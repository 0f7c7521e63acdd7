//! Cascading randomisation: does a map depend on what the network has learnt (Adebayo et al. 2018, "Sanity checks for saliency
//! maps", §3.1)?
//!
//! The weights are drawn anew from the logits down, layer after layer, until nothing of the training is left. A map that looks the
//! same then is a picture of the photo, not of the network's reasons.

use std::sync::Arc;

use fastrand::Rng;

use crate::ops::Prepared;
use crate::trained::Trained;
use crate::{
    Attribution, Backend, Error, Explainer, Method, Network, NodeId, Query, Result, Retain, Tape, Target,
    Weight, Weights, probabilities, random, rank_correlation,
};

/// A network on its way from trained to random.
///
/// Each tensor is drawn from a normal distribution with the mean and the standard deviation of the trained one, weight and bias by
/// themselves. That is what an initialisation comes to here: it sets the scale of the weights, and where batch normalisation
/// is folded into them, that of the initialisation proper would let the activations die out or explode.
pub struct Cascade<B: Backend> {
    network: Arc<Network<B>>,
    trained: Arc<Trained>,
    seed: u64,
    /// From the logits down, as far as anybody has asked. A layer's draw does not depend on how far that is.
    drawn: Vec<(NodeId, Arc<Prepared<B>>)>,
}

/// What the network with some layers drawn anew says, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Randomized {
    /// Softmax probability of the target's class, of a margin `class`; NaN where the logits overflowed.
    pub probability: f32,
    /// For each method its map.
    pub maps: Vec<RandomizedMap>,
}

/// A map of the randomised network.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomizedMap {
    /// The map; NaN throughout where the walk back overflowed.
    pub attribution: Attribution,
    /// Spearman's rank correlation of the magnitudes with those of the trained network's map, −1 to 1; none where either map is
    /// constant.
    pub correlation: Option<f64>,
}

impl<B: Backend> Cascade<B> {
    /// Nothing is drawn yet.
    #[must_use]
    pub const fn new(network: Arc<Network<B>>, trained: Arc<Trained>, seed: u64) -> Self {
        Self { network, trained, seed, drawn: Vec::new() }
    }

    /// What the draws depend on.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Explains the picture of `tape` by the network whose first `layers` layers of [`Graph::weighted`](crate::Graph::weighted) are
    /// drawn anew; 0 gives the trained network's own maps. `tape` is a run of that, and kept everything. `layer` is for the methods
    /// that [take one](Method::takes_layer), the last convolution by default.
    ///
    /// Random weights may overflow where no activation is bounded. That is a finding and no error: see [`Randomized`].
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more layers than there are; [`Error::NotRetained`]; and what [`Tape::explain`] gives for a
    /// question that has no answer.
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
        // A stream of its own for each layer.
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
