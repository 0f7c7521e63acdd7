//! The epilogue of a convolution: `y = activation(z + b)`.

use candling_core::Activation;

use crate::blocked::padded;
use crate::finish::Finish;

pub(super) struct Epilogue {
    /// One value per output channel, padded with zeros to a whole block.
    bias: Vec<f32>,
    activation: Activation,
}

impl Epilogue {
    pub(super) fn new(bias: &[f32], activation: Activation) -> Self {
        Self { bias: padded(bias), activation }
    }

    pub(super) fn finish(&self) -> Finish<'_> {
        Finish::Activate { bias: &self.bias, activation: self.activation }
    }
}
