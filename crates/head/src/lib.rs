//! A linear head over the features of a network that stays as it is: softmax regression, trained in a moment.
//!
//! The features of a photo are what the network's last layer before its classifier gives, one number a channel. [`train`] finds weights and bias
//! that tell the classes apart; [`split`] holds examples out, by which to judge it.

mod draw;
mod error;
mod examples;
mod split;
mod train;

pub use error::{Error, Result};
pub use examples::Examples;
pub use split::split;
pub use train::{Head, Settings, Step, loss, train};
