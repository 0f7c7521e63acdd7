//! The attribution methods: which parts of the picture led to the prediction.
//!
//! Notation: `A` is a layer's output after its ReLU (K×h×w), `g = ∂y_c/∂A`, `y_c` the logit (or margin) that
//! is explained, `⟨·⟩` the mean over positions. All methods return raw values; colour and scale are chosen
//! when a map is painted.

mod cam;
mod cascade;
mod curves;
mod explainer;
mod fill;
mod method;
mod options;
mod passes;
mod perturbation;
mod pixel;
mod tiles;

pub use cam::{Cam, Gradient, Weigh};
pub use cascade::{Cascade, Randomized, RandomizedMap};
pub use curves::{Causal, Compared, Curve, Curves, CurvesPlan};
pub use explainer::Explainer;
pub use fill::Fill;
pub use method::occlusion::{Occlusion, OcclusionPlan};
pub use method::{About, Compute, Definition, Method, Paper};
pub(crate) use method::{grad_cam, hires_cam};
pub use options::{Choice, Meaning, Options};
pub use passes::{Alteration, Altered, Asked, Begin, MapPlan, Passes, Plan, Read};
pub use perturbation::Perturber;
pub use tiles::Tiling;

use std::sync::Arc;

use crate::{Backend, Error, Graph, Network, NodeId, Result, Shape, Tape, Target};

/// A question to a [`Tape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Query {
    /// The method to use.
    pub method: Method,
    /// Which class, or margin, to explain.
    pub target: Target,
    /// The layer, for methods that [take one](Method::takes_layer); the default layer if none.
    pub layer: Option<NodeId>,
    /// Whether to show evidence *against* the target, for methods that [support
    /// it](Method::has_counterfactual): for Grad-CAM `ReLU(−Σ_k ⟨g_k⟩ A_k)`.
    pub counterfactual: bool,
}

impl Query {
    /// A query at the default layer, for evidence in favour of the target.
    #[must_use]
    pub const fn new(method: Method, target: Target) -> Self {
        Self { method, target, layer: None, counterfactual: false }
    }

    /// The same query at a layer.
    #[must_use]
    pub const fn at(self, layer: NodeId) -> Self {
        Self { layer: Some(layer), ..self }
    }
}

/// The result: raw values.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// The method that was used.
    pub method: Method,
    /// The layer where it was computed, if the method takes one.
    pub layer: Option<NodeId>,
    /// `[n, 1, h, w]` at the layer's own resolution for CAM methods, `[n, 3, H, W]` for pixel methods.
    pub shape: Shape,
    /// The area of the input that the map covers: left, top, width and height, in pixels of the input.
    pub area: [f64; 4],
    /// The values, row-major NCHW, of any scale; negative only if the method's map is
    /// [signed](Definition::signed).
    pub data: Vec<f32>,
}

impl Attribution {
    /// The largest value; 0 in a CAM means that this layer has no positive evidence for the class.
    #[must_use]
    pub fn max(&self) -> f32 {
        self.data.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

impl<B: Backend> Tape<B> {
    /// Explains this run; for several explanations an [`Explainer`] is faster.
    ///
    /// # Errors
    /// As for [`Explainer::explain`].
    pub async fn explain(&self, query: &Query) -> Result<Attribution> {
        Explainer::new(self).explain(query).await
    }
}

impl<B: Backend> Explainer<'_, B> {
    /// Explains the run. Methods of many passes are [begun](begin) with a picture instead.
    ///
    /// # Errors
    /// [`Error::UnknownClass`]; [`Error::BadArgument`] for an option that the method does not take, a layer
    /// without positions, a method of many passes, or `cam` on a network without the head it needs;
    /// [`Error::NotRetained`]; and those of [`Tape::backward`].
    pub async fn explain(&mut self, query: &Query) -> Result<Attribution> {
        query.check()?;
        let (method, target, graph) = (query.method, query.target, self.tape.graph());
        let layer = query.layer_in(graph);
        let (shape, data) = match &method.definition().compute {
            Compute::Pixels { rule, times_input } => self.pixels(target, *rule, *times_input).await?,
            Compute::Cam(cam) => {
                let at = positions(graph, layer)?;
                self.cam(cam, query, at).await?
            }
            Compute::Product { rule, cam } => {
                let at = positions(graph, layer)?;
                self.product(*rule, cam, query, at).await?
            }
            Compute::Passes => {
                return Err(Error::BadArgument(format!(
                    "method: `{method}` is made of many passes, not of one"
                )));
            }
        };
        Error::check_finite(&format!("the map of `{method}`"), &data)?;
        let area = whole(self.tape.shape(graph.input()));
        Ok(Attribution { method, layer, shape, area, data })
    }
}

/// Prepares the passes of a method of many passes for a picture: `shape` `[1, c, h, w]`, values row-major.
/// Nothing is run yet.
///
/// # Errors
/// [`Error::BadArgument`] for a method of one pass, an option that is unknown or out of range, and a query
/// that the method does not take; [`Error::UnknownClass`]; [`Error::BadShape`].
pub fn begin<B: Backend>(
    network: &Arc<Network<B>>,
    shape: Shape,
    picture: Vec<f32>,
    query: &Query,
    options: &Options,
) -> Result<Altered<B, MapPlan>> {
    let plan = plan(shape, &picture, query, options)?;
    Altered::new(Arc::clone(network), shape, picture, plan)
}

/// The plan of [`begin`] without a network: to know its number of passes, or to finish it with given values.
///
/// # Errors
/// As for [`begin`], but for the class.
pub fn plan(shape: Shape, picture: &[f32], query: &Query, options: &Options) -> Result<MapPlan> {
    let &Query { method, target, .. } = query;
    query.check()?;
    options.check(method)?;
    let Some(begin) = method.begin() else {
        let many = Method::names("`", &Method::is_many_passes);
        return Err(Error::BadArgument(format!(
            "method: `{method}` is made of one pass; of many are {many}"
        )));
    };
    passes::check_one_picture(method.name(), shape, picture)?;
    begin(&Asked { shape, picture, target, options })
}

impl Query {
    /// Checks that the method takes this query.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a layer, or evidence against the target, if the method does not support it.
    pub fn check(&self) -> Result<()> {
        let method = self.method;
        if self.counterfactual && !method.has_counterfactual() {
            let having = Method::names("`", &Method::has_counterfactual);
            let why = if method.definition().signed { ", its map has both signs" } else { "" };
            return Err(Error::BadArgument(format!(
                "counterfactual: `{method}` has none{why}; it goes with {having}"
            )));
        }
        if self.layer.is_some() && !method.takes_layer() {
            return Err(Error::BadArgument(format!(
                "layer: `{method}` is about the input's pixels and takes no layer"
            )));
        }
        Ok(())
    }

    /// The layer of the query: the one it names, else the default layer; none for pixel methods.
    pub(crate) fn layer_in(&self, graph: &Graph) -> Option<NodeId> {
        self.layer.or_else(|| if self.method.takes_layer() { graph.default_layer() } else { None })
    }
}

/// The layer, if it still has positions.
fn positions(graph: &Graph, layer: Option<NodeId>) -> Result<NodeId> {
    let layer = layer.ok_or_else(|| {
        Error::BadArgument("layer: no layer of this network has more than one position; name one".into())
    })?;
    graph.with_positions(layer)
}

/// The whole input, as an [area](Attribution::area).
pub(crate) fn whole(input: Shape) -> [f64; 4] {
    [0.0, 0.0, input.w as f64, input.h as f64]
}
