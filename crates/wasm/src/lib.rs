//! The engine as JavaScript sees it. Conversions only: every decision is made in the crates below.
//!
//! Whatever fails is thrown as a real `Error` with a stable `code`.

mod engine;
mod error;
mod picture;
mod run;
mod types;

pub use engine::{Engine, Prepared};
pub use picture::{colormaps, probe, render};
pub use run::{Explanation, Run};
