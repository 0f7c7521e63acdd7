//! Perturbation: take parts of the picture away, and see what the network says of the rest.
//!
//! A forward pass for every question and no gradient: the plainest experiment there is, and what a saliency map has to stand up to.

use std::sync::Arc;

use super::Fill;
use super::passes::check_one_picture;
use crate::{Backend, Error, Network, Result, Retain, Shape};

/// One picture, ready to have any part of it taken away.
pub struct Perturber<B: Backend> {
    network: Arc<Network<B>>,
    shape: Shape,
    picture: Vec<f32>,
    /// What is seen where the picture is not.
    instead: Vec<f32>,
}

impl<B: Backend> Perturber<B> {
    /// `shape` `[1, c, h, w]`, the picture's values row-major. Nothing is run yet.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more than one picture, [`Error::BadShape`] for one that is not of its shape.
    pub fn new(network: Arc<Network<B>>, shape: Shape, picture: Vec<f32>, fill: Fill) -> Result<Self> {
        check_one_picture("perturb", shape, &picture)?;
        let instead = fill.instead_of(&picture, shape);
        Ok(Self { network, shape, picture, instead })
    }

    /// The logits of the picture without the pixels that `mask` is not 0 at: `h·w` values, row by row.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a mask of another length; what [`Network::forward`] and
    /// [`Tape::logits`](crate::Tape::logits) give.
    pub async fn logits(&self, mask: &[u8]) -> Result<Vec<f32>> {
        if mask.len() != self.shape.area() {
            return Err(Error::BadArgument(format!(
                "mask: {} values; this input needs {}x{} = {}",
                mask.len(),
                self.shape.h,
                self.shape.w,
                self.shape.area()
            )));
        }
        let x = merge(&self.picture, &self.instead, mask);
        self.network.forward(self.shape, &x, Retain::Logits)?.logits().await
    }
}

/// In every channel, the value of `instead` where the mask is not 0, else that of `picture`.
pub(super) fn merge(picture: &[f32], instead: &[f32], mask: &[u8]) -> Vec<f32> {
    let taken = mask.iter().cycle();
    picture.iter().zip(instead).zip(taken).map(|((&p, &i), &taken)| if taken == 0 { p } else { i }).collect()
}
