//! What follows the products of a convolution: `y = activation(z + b)`.

use candling_core::Activation;

pub(super) struct Epilogue {
    /// One value an output channel.
    pub bias: Vec<f32>,
    pub activation: Activation,
}
