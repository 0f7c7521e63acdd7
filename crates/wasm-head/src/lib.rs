//! Training a head and judging a model, as JavaScript sees it. Conversions only: every decision is made in the crates below.
//!
//! The networks themselves run in `candling-wasm`. This module takes the features that they gave, and the maps, and is fetched only by the pages
//! that train.
//!
//! Whatever fails is thrown as a real `Error` with a stable `code`.

mod judge;
mod model;
mod training;

pub use judge::{evidence_share, interval};
pub use model::with_head;
pub use training::{Head, split, train};
