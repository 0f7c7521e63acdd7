//! What follows the products of a convolution: `y = activation(z + b)`.

use candling_core::Activation;

use crate::blocked::{BLOCK, blocks};
use crate::finish::Finish;

pub(super) struct Epilogue {
    /// One value an output channel, zeros up to a whole block.
    bias: Vec<f32>,
    activation: Activation,
}

impl Epilogue {
    pub(super) fn new(bias: &[f32], activation: Activation) -> Self {
        let mut padded = bias.to_vec();
        padded.resize(blocks(bias.len()) * BLOCK, 0.0);
        Self { bias: padded, activation }
    }

    pub(super) fn finish(&self) -> Finish<'_> {
        Finish::Activate { bias: &self.bias, activation: self.activation }
    }
}
