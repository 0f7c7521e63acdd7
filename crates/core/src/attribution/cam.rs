//! Class activation maps: a weighted sum of a layer's channels. The methods differ only in the weights.

use super::Explainer;
use crate::{Backend, Error, Method, NodeId, ReluRule, Result, Shape, Tape, Target};

/// The map before its ReLU, `[n, 1, h, w]`, from activations `a` and gradients `g` of the given shape.
///
/// | method | value at a position |
/// |---|---|
/// | `grad-cam` (and `cam`, whose weights come as a constant gradient) | `Σ_k ⟨g_k⟩ A_k` |
/// | `hires-cam` | `Σ_k g_k A_k` |
/// | `layer-cam` | `Σ_k max(g_k, 0) A_k` |
///
/// Sums run in `f64`: at 1280 channels of mixed sign `f32` would lose the digits that small maps live on.
#[must_use]
pub fn signed_map(method: Method, shape: Shape, a: &[f32], g: &[f32]) -> Vec<f32> {
    let area = shape.area();
    let mut map = vec![0.0f64; shape.n * area];
    let channels = a.chunks_exact(area).zip(g.chunks_exact(area)).enumerate();
    for (channel, (a, g)) in channels {
        let picture = &mut map[channel / shape.c * area..][..area];
        match method {
            Method::HiresCam => add_products(picture, a, g, |g| g),
            Method::LayerCam => add_products(picture, a, g, |g| g.max(0.0)),
            _ => {
                let mean = g.iter().copied().map(f64::from).sum::<f64>() / area as f64;
                picture.iter_mut().zip(a).for_each(|(m, &a)| *m += mean * f64::from(a));
            }
        }
    }
    map.into_iter().map(|v| v as f32).collect()
}

fn add_products(map: &mut [f64], a: &[f32], g: &[f32], weight: impl Fn(f64) -> f64) {
    for ((m, &a), &g) in map.iter_mut().zip(a).zip(g) {
        *m += weight(f64::from(g)) * f64::from(a);
    }
}

/// Keeps what speaks for the target.
pub(super) fn relu(map: &mut [f32]) {
    // `+ 0.0` turns −0 into 0
    map.iter_mut().for_each(|v| *v = v.max(0.0) + 0.0);
}

/// Turns what speaks against the target into what speaks for it, and the other way round.
pub(super) fn negate(map: &mut [f32]) {
    map.iter_mut().for_each(|v| *v = -*v);
}

impl<B: Backend> Explainer<'_, B> {
    /// A CAM before its ReLU.
    pub(super) async fn cam_map(
        &mut self,
        method: Method,
        target: Target,
        layer: NodeId,
    ) -> Result<(Shape, Vec<f32>)> {
        let sought = self.cam_gradient(method, target, layer)?;
        let [gradient, activation] = self.tape.download_all([&sought, self.tape.kept(layer)?]).await?;
        self.tape.map_of(method, layer, &activation, gradient)
    }

    /// What a CAM method needs of the way back: the gradient at the layer; for plain CAM the linear layer's row for the target. A
    /// linear layer's gradient *is* its row, so the walk stops right behind the pooling.
    pub(super) fn cam_gradient(
        &mut self,
        method: Method,
        target: Target,
        layer: NodeId,
    ) -> Result<B::Tensor> {
        if method != Method::Cam {
            return self.backward(target, layer, ReluRule::Exact);
        }
        let graph = self.tape.graph();
        let linear = graph.output();
        match graph.pooled_head() {
            Some((pool, pooled)) if pooled == layer => self.backward(target, pool, ReluRule::Exact),
            Some((_, pooled)) => Err(Error::BadArgument(format!(
                "layer: `{}` only works at the layer before the global average pool, `{}`; at `{}` use `{}`",
                Method::Cam,
                graph.node(pooled).name,
                graph.node(layer).name,
                Method::GradCam,
            ))),
            None => Err(Error::BadArgument(format!(
                "method: `{}` needs a network that ends in global average pool and linear; this one ends in \
                 `{}` ({}); use `{}`",
                Method::Cam,
                graph.node(linear).name,
                graph.node(linear).op.name(),
                Method::GradCam,
            ))),
        }
    }
}

impl<B: Backend> Tape<B> {
    /// The map before its ReLU, of a layer's values and of what [`Explainer::cam_gradient`] gave.
    pub(super) fn map_of(
        &self,
        method: Method,
        layer: NodeId,
        activation: &[f32],
        gradient: Vec<f32>,
    ) -> Result<(Shape, Vec<f32>)> {
        let shape = self.shape(layer);
        let gradient = if method == Method::Cam {
            // each weight spread over its channel's positions
            gradient.into_iter().flat_map(|w| std::iter::repeat_n(w, shape.area())).collect()
        } else {
            gradient
        };
        let map = signed_map(method, shape, activation, &gradient);
        // before the ReLU, which would turn a NaN into "no evidence"
        Error::check_finite(&format!("the map of `{method}`"), &map)?;
        Ok((Shape { c: 1, ..shape }, map))
    }
}
