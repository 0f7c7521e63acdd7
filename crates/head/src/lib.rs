//! A linear head on the features of a frozen backbone: softmax regression, which trains in a moment.
//!
//! The features of a photo are the output of the backbone before its classifier, one number per channel.
//! [`train`] fits weights and bias; [`split`] holds out examples for evaluation.

mod draw;
mod error;
mod examples;
mod split;
mod train;

pub use error::{Error, Result};
pub use examples::Examples;
pub use split::split;
pub use train::{Head, Settings, TrainingStep, loss, train};
