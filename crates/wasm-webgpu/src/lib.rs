//! The JavaScript interface of a model on the GPU. It only converts, as `candling-wasm` does, which is loaded
//! beside it: that module reads photos, names classes and paints, and computes if there is no GPU.
//!
//! Failures are thrown as an `Error` with a stable `code`.

mod engine;
mod run;

pub use engine::Engine;
pub use run::Run;
