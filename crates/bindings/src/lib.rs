//! Code that the wasm modules of all backends share: thrown errors, queries, maps, and the transfer of a
//! model from one module to another.

mod explanation;
mod question;
mod thrown;
pub mod wire;

pub use explanation::Explanation;
pub use question::{question, target_of};
pub use thrown::{Result, Thrown};
