//! Perturbation: remove parts of the picture and run the network on the rest.
//!
//! One forward pass per mask and no gradient: the plainest experiment, and one that a saliency map should
//! agree with.

use std::sync::Arc;

use super::Fill;
use super::passes::check_one_picture;
use crate::{Backend, Error, Network, Result, Retain, Shape};

/// A picture, prepared so that any part of it can be removed.
pub struct Perturber<B: Backend> {
    network: Arc<Network<B>>,
    shape: Shape,
    picture: Vec<f32>,
    /// The filling, of the picture's shape.
    instead: Vec<f32>,
}

impl<B: Backend> Perturber<B> {
    /// Prepares a picture (`shape` `[1, c, h, w]`, values row-major); nothing is run yet.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more than one picture, [`Error::BadShape`] for one that is not of its
    /// shape.
    pub fn new(network: Arc<Network<B>>, shape: Shape, picture: Vec<f32>, fill: Fill) -> Result<Self> {
        check_one_picture("perturb", shape, &picture)?;
        let instead = fill.instead_of(&picture, shape);
        Ok(Self { network, shape, picture, instead })
    }

    /// The logits of the picture with the pixels removed where `mask` is not 0: `h·w` values, row by row.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a mask of another length; and those of [`Network::forward`] and
    /// [`Tape::logits`](crate::Tape::logits).
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

/// Takes, in every channel, the value of `instead` where the mask is not 0, else that of `picture`.
pub(super) fn merge(picture: &[f32], instead: &[f32], mask: &[u8]) -> Vec<f32> {
    let taken = mask.iter().cycle();
    picture.iter().zip(instead).zip(taken).map(|((&p, &i), &taken)| if taken == 0 { p } else { i }).collect()
}
