//! What the wasm facades of all backends share: how an error is thrown, how a question is asked, how a map comes out, and how a model
//! gets from one to another.

mod explanation;
mod question;
mod thrown;
pub mod wire;

pub use explanation::Explanation;
pub use question::{question, target_of};
pub use thrown::{Result, Thrown};
