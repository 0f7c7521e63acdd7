//! Model files: reading, writing, and conversion from other formats.
//!
//! One model is one `.safetensors` file ([`Model`]): `f16` weights, or ones packed into half of that
//! ([`Precision`]), and as JSON in its metadata the graph, the labels, the preprocessing, the licence and the
//! origin. [`Model::from_bytes`] checks everything before a layer runs. [`formats`] has the other file
//! formats of networks, and their conversion to a [`Model`].

mod document;
mod draft;
mod error;
mod file;
pub mod formats;
mod head;
mod labels;
mod layer;
mod model;
mod packed;
mod passes;
mod precision;
mod resemblance;
mod spec;
mod widen;

pub use document::Preprocessing;
pub use error::{Error, Result};
pub use labels::Labels;
pub use model::Model;
pub use precision::Precision;
pub use spec::{About, Spec};
