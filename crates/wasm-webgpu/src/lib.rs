//! A model on a graphics card, as JavaScript sees it. Conversions only, as in `candling-wasm`, which this module stands beside: that
//! one reads photos, names classes and paints, and answers where no card does.
//!
//! Whatever fails is thrown as a real `Error` with a stable `code`.

mod engine;
mod run;

pub use engine::Engine;
pub use run::Run;
