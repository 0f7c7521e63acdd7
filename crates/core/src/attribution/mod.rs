//! The attribution methods: what in the picture made the network say so.
//!
//! Notation: `A` is a layer's output after its ReLU (K×h×w), `g = ∂y_c/∂A`, `y_c` the logit (or margin) that
//! is explained, `⟨·⟩` the mean over positions. All methods return raw, un-normalised values; colour and scale
//! belong to the picture, not to the number.

mod cam;
mod cascade;
mod curves;
mod explainer;
mod fill;
mod occlusion;
mod perturbation;
mod pixel;
mod tiles;

pub use cam::signed_map;
pub use cascade::{Cascade, Randomized, RandomizedMap};
pub use curves::{Causal, Compared, Curve, Curves, Tracer};
pub use explainer::Explainer;
pub use fill::Fill;
pub use occlusion::{Occluder, Occlusion};
pub use perturbation::Perturber;
pub use tiles::Tiling;

use std::fmt;
use std::str::FromStr;

use crate::{Backend, Error, NodeId, ReluRule, Result, Shape, Tape, Target};

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `∂y_c/∂x`, signed, 3×H×W (Simonyan et al. 2013).
    Gradient,
    /// `x ⊙ ∂y_c/∂x` (Shrikumar et al. 2016).
    InputXGradient,
    /// The same walk with [`ReluRule::Guided`] at every ReLU (Springenberg et al. 2014).
    GuidedBackprop,
    /// The same walk with [`ReluRule::Deconv`] (Zeiler & Fergus 2013).
    Deconvnet,
    /// `Σ_k w_{c,k} A_k`, signed, without the bias; only before a global average pool and a linear layer (Zhou
    /// et al. 2016, eq. 2).
    Cam,
    /// `ReLU(Σ_k ⟨g_k⟩ A_k)` (Selvaraju et al. 2017, eq. 1 and 2).
    GradCam,
    /// Guided backpropagation times the bilinearly upsampled Grad-CAM, nothing normalised before.
    GuidedGradCam,
    /// `ReLU(Σ_k g_k ⊙ A_k)` (Draelos & Carin 2020).
    HiresCam,
    /// `ReLU(Σ_k ReLU(g_k) ⊙ A_k)` (Jiang et al. 2021).
    LayerCam,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 9] = [
        Self::Gradient,
        Self::InputXGradient,
        Self::GuidedBackprop,
        Self::Deconvnet,
        Self::Cam,
        Self::GradCam,
        Self::GuidedGradCam,
        Self::HiresCam,
        Self::LayerCam,
    ];

    /// Its name on the command line and in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gradient => "gradient",
            Self::InputXGradient => "input-x-gradient",
            Self::GuidedBackprop => "guided-backprop",
            Self::Deconvnet => "deconvnet",
            Self::Cam => "cam",
            Self::GradCam => "grad-cam",
            Self::GuidedGradCam => "guided-grad-cam",
            Self::HiresCam => "hires-cam",
            Self::LayerCam => "layer-cam",
        }
    }

    /// Whether it looks at a layer; the others only at the input's pixels.
    #[must_use]
    pub const fn takes_layer(self) -> bool {
        matches!(self, Self::Cam | Self::GradCam | Self::GuidedGradCam | Self::HiresCam | Self::LayerCam)
    }

    /// Whether it needs the walk back to the pixels, and so a forward pass that kept what is on the way.
    #[must_use]
    pub const fn walks_to_input(self) -> bool {
        !matches!(self, Self::Cam | Self::GradCam | Self::HiresCam | Self::LayerCam)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|method| method.name()).collect();
            Error::BadArgument(format!("unknown method `{name}`; methods are {}", names.join(", ")))
        })
    }
}

/// A question to a [`Tape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Query {
    /// How to answer.
    pub method: Method,
    /// Which class, or margin, to explain.
    pub target: Target,
    /// At which layer, for methods that [take one](Method::takes_layer); the last convolution by default.
    pub layer: Option<NodeId>,
    /// Grad-CAM only: what speaks *against* the target, `ReLU(−Σ_k ⟨g_k⟩ A_k)`.
    pub counterfactual: bool,
}

impl Query {
    /// A question without options.
    #[must_use]
    pub const fn new(method: Method, target: Target) -> Self {
        Self { method, target, layer: None, counterfactual: false }
    }

    /// The same question at a layer.
    #[must_use]
    pub const fn at(self, layer: NodeId) -> Self {
        Self { layer: Some(layer), ..self }
    }
}

/// The answer: raw values.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// What was asked.
    pub method: Method,
    /// The layer it was computed at, if the method takes one.
    pub layer: Option<NodeId>,
    /// `[n, 1, h, w]` at the layer's own resolution for CAM methods, `[n, 3, H, W]` for pixel methods.
    pub shape: Shape,
    /// The values, row-major NCHW, of any scale; negative ones only from `gradient`, `input-x-gradient`,
    /// `guided-backprop`, `deconvnet`, `guided-grad-cam` and `cam`.
    pub data: Vec<f32>,
}

impl Attribution {
    /// The largest value; 0 in a CAM says that there is no positive evidence for the class at this layer.
    #[must_use]
    pub fn max(&self) -> f32 {
        self.data.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

impl<B: Backend> Tape<B> {
    /// Answers a question about this run; an [`Explainer`] answers several for less.
    ///
    /// # Errors
    /// As for [`Explainer::explain`].
    pub async fn explain(&self, query: &Query) -> Result<Attribution> {
        Explainer::new(self).explain(query).await
    }
}

impl<B: Backend> Explainer<'_, B> {
    /// Answers a question about the run.
    ///
    /// # Errors
    /// [`Error::UnknownClass`]; [`Error::BadArgument`] for an option that the method does not take, a layer
    /// without positions, or `cam` on a network without the head it needs; [`Error::NotRetained`]; and what
    /// [`Tape::backward`] gives.
    pub async fn explain(&mut self, query: &Query) -> Result<Attribution> {
        let layer = self.layer_of(query)?;
        let (shape, data) = match query.method {
            Method::Gradient => self.gradient(query.target, ReluRule::Exact).await?,
            Method::GuidedBackprop => self.gradient(query.target, ReluRule::Guided).await?,
            Method::Deconvnet => self.gradient(query.target, ReluRule::Deconv).await?,
            Method::InputXGradient => self.input_x_gradient(query.target).await?,
            Method::GuidedGradCam => {
                let at = self.positions(layer)?;
                self.guided_grad_cam(query.target, at).await?
            }
            method @ (Method::Cam | Method::GradCam | Method::HiresCam | Method::LayerCam) => {
                let at = self.positions(layer)?;
                let (shape, mut map) = self.cam_map(method, query.target, at).await?;
                // Plain CAM stays signed, as its paper draws it.
                if method != Method::Cam {
                    if query.counterfactual {
                        cam::negate(&mut map);
                    }
                    cam::relu(&mut map);
                }
                (shape, map)
            }
        };
        Error::check_finite(&format!("the map of `{}`", query.method), &data)?;
        Ok(Attribution { method: query.method, layer, shape, data })
    }

    /// The layer a query is about: the one it names, else the graph's default layer; none for pixel methods.
    fn layer_of(&self, query: &Query) -> Result<Option<NodeId>> {
        let method = query.method;
        if query.counterfactual && method != Method::GradCam {
            return Err(Error::BadArgument(format!(
                "counterfactual: `{method}` has none; it goes with `{}`",
                Method::GradCam
            )));
        }
        match query.layer {
            Some(_) if !method.takes_layer() => Err(Error::BadArgument(format!(
                "layer: `{method}` is about the input's pixels and takes no layer"
            ))),
            None if method.takes_layer() => Ok(self.tape.graph().default_layer()),
            layer => Ok(layer),
        }
    }

    /// The layer, if it still has positions.
    fn positions(&self, layer: Option<NodeId>) -> Result<NodeId> {
        let layer = layer.ok_or_else(|| {
            Error::BadArgument("layer: no layer of this network has more than one position; name one".into())
        })?;
        self.tape.graph().with_positions(layer)
    }
}
