//! The JavaScript interface of the engine. It only converts: every decision is made in the crates below.
//!
//! Failures are thrown as an `Error` with a stable `code`.

mod cascade;
mod engine;
mod identities;
mod live;
mod passes;
mod perturbation;
mod picture;
mod profile;
mod run;
mod types;
mod unpacked;

pub use candling_bindings::Explanation;
pub use cascade::Randomized;
pub use engine::{Engine, Prepared, threads_used};
pub use passes::{Passes, ranking, tile_orders};
pub use perturbation::Perturbed;
pub use picture::{colormaps, probe, render};
pub use run::Run;
pub use unpacked::Unpacked;
#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;
