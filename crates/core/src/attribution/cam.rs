//! Class activation maps: a weighted sum of a layer's channels. The methods differ only in the weights.

use super::Explainer;
use crate::{Backend, Error, Method, NodeId, Query, ReluRule, Result, Shape, Target};

/// A weighted sum of a layer's channels.
#[derive(Debug, Clone, Copy)]
pub struct Cam {
    /// Where the gradient is taken.
    pub gradient: Gradient,
    /// The contribution of one channel.
    pub weigh: Weigh,
    /// Whether a final ReLU keeps only evidence for the target.
    pub relu: bool,
    /// Whether evidence against the target can be requested: the ReLU of the negated map.
    pub counterfactual: bool,
}

/// Where a CAM's gradient is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gradient {
    /// At the layer.
    Layer,
    /// After the global average pool: the weights of the linear layer for the target, the same at all
    /// positions. Only for the layer before the pool.
    Pooled,
}

/// Adds one channel's contribution to the map of a picture, given its activations and gradients at each
/// position. Sums use `f64`: with 1280 channels of mixed sign, `f32` would lose the digits of small maps.
pub type Weigh = fn(a: &[f32], g: &[f32], map: &mut [f64]);

/// Adds a channel with one weight for all positions.
pub(super) fn add_scaled(map: &mut [f64], a: &[f32], weight: f64) {
    map.iter_mut().zip(a).for_each(|(m, &a)| *m += weight * f64::from(a));
}

/// Adds a channel with a weight for each position, computed from its gradient.
pub(super) fn add_products(map: &mut [f64], a: &[f32], g: &[f32], weight: impl Fn(f64) -> f64) {
    for ((m, &a), &g) in map.iter_mut().zip(a).zip(g) {
        *m += weight(f64::from(g)) * f64::from(a);
    }
}

/// Grad-CAM's weight, `⟨g⟩`.
pub(super) fn mean(g: &[f32]) -> f64 {
    g.iter().copied().map(f64::from).sum::<f64>() / g.len() as f64
}

impl Cam {
    /// Whether the CAM works at any layer with positions.
    #[must_use]
    pub const fn any_layer(&self) -> bool {
        matches!(self.gradient, Gradient::Layer)
    }

    /// The map before its ReLU, `[n, 1, h, w]`, from activations `a` and gradients `g` of the given shape.
    #[must_use]
    pub fn signed_map(&self, shape: Shape, a: &[f32], g: &[f32]) -> Vec<f32> {
        let area = shape.area();
        let mut map = vec![0.0f64; shape.n * area];
        let channels = a.chunks_exact(area).zip(g.chunks_exact(area)).enumerate();
        for (channel, (a, g)) in channels {
            (self.weigh)(a, g, &mut map[channel / shape.c * area..][..area]);
        }
        map.into_iter().map(|v| v as f32).collect()
    }

    /// The map of `method`: [`Cam::signed_map`] of the result of [`Explainer::cam_gradient`], then the ReLU.
    pub(super) fn map_of(
        &self,
        method: Method,
        shape: Shape,
        activation: &[f32],
        gradient: Vec<f32>,
    ) -> Result<(Shape, Vec<f32>)> {
        let gradient = match self.gradient {
            Gradient::Layer => gradient,
            // repeats each weight over its channel's positions
            Gradient::Pooled => {
                gradient.into_iter().flat_map(|w| std::iter::repeat_n(w, shape.area())).collect()
            }
        };
        let map = self.signed_map(shape, activation, &gradient);
        // before the ReLU, which would turn NaN into "no evidence"
        Error::check_finite(&format!("the map of `{method}`"), &map)?;
        Ok((Shape { c: 1, ..shape }, map))
    }
}

/// Keeps the evidence for the target.
pub(super) fn relu(map: &mut [f32]) {
    // `+ 0.0` turns −0 into 0
    map.iter_mut().for_each(|v| *v = v.max(0.0) + 0.0);
}

/// Swaps evidence for and against the target.
fn negate(map: &mut [f32]) {
    map.iter_mut().for_each(|v| *v = -*v);
}

impl<B: Backend> Explainer<'_, B> {
    /// Computes a CAM at a layer.
    pub(super) async fn cam(&mut self, cam: &Cam, query: &Query, layer: NodeId) -> Result<(Shape, Vec<f32>)> {
        let gradient = self.cam_gradient(cam, query, layer)?;
        let [gradient, activation] = self.tape.download_all([&gradient, self.tape.kept(layer)?]).await?;
        let (shape, mut map) = cam.map_of(query.method, self.tape.shape(layer), &activation, gradient)?;
        if query.counterfactual {
            negate(&mut map);
        }
        if cam.relu {
            relu(&mut map);
        }
        Ok((shape, map))
    }

    /// The gradient that a CAM needs: at the layer, or after the pooling. The gradient of a linear layer is
    /// its row of weights, so that backward pass ends right after the pooling.
    pub(super) fn cam_gradient(&mut self, cam: &Cam, query: &Query, layer: NodeId) -> Result<B::Tensor> {
        match cam.gradient {
            Gradient::Layer => self.backward(query.target, layer, ReluRule::Exact),
            Gradient::Pooled => self.pooled_gradient(query.method, query.target, layer),
        }
    }

    fn pooled_gradient(&mut self, method: Method, target: Target, layer: NodeId) -> Result<B::Tensor> {
        let graph = self.tape.graph();
        let linear = graph.output();
        match graph.pooled_head() {
            Some((pool, pooled)) if pooled == layer => self.backward(target, pool, ReluRule::Exact),
            Some((_, pooled)) => Err(Error::BadArgument(format!(
                "layer: `{method}` only works at the layer before the global average pool, `{}`; at `{}` use `{}`",
                graph.node(pooled).name,
                graph.node(layer).name,
                Method::GRAD_CAM,
            ))),
            None => Err(Error::BadArgument(format!(
                "method: `{method}` needs a network that ends in global average pool and linear; this one ends in \
                 `{}` ({}); use `{}`",
                graph.node(linear).name,
                graph.node(linear).op.name(),
                Method::GRAD_CAM,
            ))),
        }
    }
}
