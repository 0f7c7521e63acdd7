//! The mathematics of Candling: a small graph of named layers, a recorded forward pass, a hand-written
//! backward pass, and the attribution methods built on them.
//!
//! Three ideas:
//!
//! 1. **The network is data.** A [`Graph`] is a list of named [`Node`]s; every layer can be inspected,
//!    without hooks or model surgery.
//! 2. **An op is one file** in [`ops`], with its shape rule, its forward pass and its vjp (vector-Jacobian
//!    product). The kernels belong to a [`Backend`].
//! 3. **The rule is an argument of the backward pass** ([`Rule`], [`ReluRule`]). One recorded forward pass, a
//!    [`Tape`], serves every class, layer and method.
//!
//! Gradients are taken with respect to *activations only*, never weights, and the backward pass ends at the
//! requested layer. That is why Grad-CAM adds only about a fiftieth to the forward pass.
//!
//! ```text
//! Graph + Weights + Backend ──► Network ──forward──► Tape ──explain──► Attribution
//! ```

mod activation;
pub mod attribution;
mod backend;
mod bilinear;
mod error;
mod evidence;
mod graph;
mod identities;
mod network;
pub mod ops;
mod order;
mod prediction;
mod random;
mod rank_correlation;
mod rule;
mod shape;
mod structure;
mod tape;
mod target;
mod trained;
mod weights;

pub use activation::{Activation, Closed, ReluRule};
pub use attribution::{Attribution, Explainer, Fill, Method, Occlusion, Perturber, Query, Tiling};
pub use backend::{Backend, Gate};
pub use bilinear::Bilinear;
pub use error::{Error, Result};
pub use evidence::{Region, evidence_share};
pub use graph::{Graph, INPUT, Node, NodeId};
pub use identities::Identity;
pub use network::{Network, Retain};
pub use ops::Op;
pub use prediction::{Prediction, probabilities, top};
pub use rank_correlation::rank_correlation;
pub use rule::Rule;
pub use shape::Shape;
pub use structure::Block;
pub use tape::Tape;
pub use target::Target;
pub use trained::Trained;
pub use weights::{Weight, Weights};
