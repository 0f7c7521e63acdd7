//! Occlusion: cover a part of the picture, and see how far the score falls (Zeiler & Fergus 2013, §4.2 and figure 7).
//!
//! No gradient is involved, so the map is the answer to a plain experiment and a check on the others. It costs a forward
//! pass for every position. The positions know nothing of one another: any range of them can be asked for, in any order
//! and by any number of workers, each with its own [`Occluder`] of the same picture.

use std::ops::Range;
use std::sync::Arc;

use super::perturbation::check_one_picture;
use crate::{Backend, Error, Network, Result, Retain, Shape, Target};

/// What the picture is covered with, and in which steps.
///
/// Positions form a grid as those of a convolution without padding do: the patch at row `i`, column `j` of the map begins
/// at pixel `(i·stride, j·stride)` and lies wholly inside the picture. A rest at the right and at the bottom that is
/// smaller than a step is never covered. The default (32, 16) gives 13×13 = 169 positions on 224×224.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occlusion {
    /// Side of the square patch, in pixels of the input.
    pub patch: usize,
    /// From one position to the next, in pixels of the input; smaller than `patch`, patches overlap.
    pub stride: usize,
    /// What every channel is under the patch, in the units of the input tensor. 0, the default, is the mean that the
    /// model's preprocessing subtracts: the grey square of the paper, and of all plain colours the one that a trained
    /// network has the least reason to see something in. It is a colour nevertheless; what hides nothing does not exist.
    pub baseline: f32,
}

impl Default for Occlusion {
    fn default() -> Self {
        Self { patch: 32, stride: 16, baseline: 0.0 }
    }
}

impl Occlusion {
    /// Rows and columns of the map of an input of this shape, `⌊(side − patch) / stride⌋ + 1` each.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a patch of 0 or one larger than the input, a stride of 0 or one larger than the patch,
    /// which would step over pixels, and a baseline that is not finite.
    pub fn grid(&self, input: Shape) -> Result<(usize, usize)> {
        let &Self { patch, stride, baseline } = self;
        let largest = input.h.min(input.w);
        if patch == 0 || patch > largest {
            return Err(Error::BadArgument(format!(
                "patch: a side of {patch} pixels; it is 1 to {largest} on an input of {}x{}",
                input.h, input.w
            )));
        }
        if stride == 0 || stride > patch {
            return Err(Error::BadArgument(format!(
                "stride: {stride} pixels; it is 1 to {patch}, the side of the patch, or pixels are stepped over"
            )));
        }
        if !baseline.is_finite() {
            return Err(Error::BadArgument(format!("baseline: {baseline}; it is a finite number")));
        }
        let along = |side: usize| (side - patch) / stride + 1;
        Ok((along(input.h), along(input.w)))
    }

    /// Where on the input the map lies: left, top, width and height in pixels, for whoever paints it. Each position
    /// stands for the `stride`×`stride` pixels around the middle of its patch, and around all of them a margin of half of
    /// `patch − stride` is left where no patch has its middle.
    ///
    /// # Errors
    /// As [`Occlusion::grid`].
    pub fn area(&self, input: Shape) -> Result<[f64; 4]> {
        let (rows, columns) = self.grid(input)?;
        let margin = (self.patch - self.stride) as f64 / 2.0;
        Ok([margin, margin, (columns * self.stride) as f64, (rows * self.stride) as f64])
    }

    /// Covers every channel of a picture (`shape`, row-major) with the patch whose upper left pixel is at `top`, `left`.
    /// What of the patch lies outside covers nothing.
    fn cover(&self, picture: &mut [f32], shape: Shape, top: usize, left: usize) {
        for channel in picture.chunks_exact_mut(shape.area()) {
            for row in channel.chunks_exact_mut(shape.w).skip(top).take(self.patch) {
                row.iter_mut().skip(left).take(self.patch).for_each(|v| *v = self.baseline);
            }
        }
    }
}

/// One picture and one question, ready for any positions of its occlusion map.
pub struct Occluder<B: Backend> {
    network: Arc<Network<B>>,
    shape: Shape,
    picture: Vec<f32>,
    target: Target,
    occlusion: Occlusion,
    grid: (usize, usize),
    score: f32,
}

impl<B: Backend> Occluder<B> {
    /// Runs the network once, on the picture as it is: `shape` `[1, c, h, w]`, values row-major.
    ///
    /// # Errors
    /// Those of [`Occlusion::grid`]; [`Error::BadArgument`] for more than one picture; [`Error::UnknownClass`]; and what
    /// [`Network::forward`] and [`Tape::logits`](crate::Tape::logits) give.
    pub async fn new(
        network: Arc<Network<B>>,
        shape: Shape,
        picture: Vec<f32>,
        target: Target,
        occlusion: Occlusion,
    ) -> Result<Self> {
        let grid = occlusion.grid(shape)?;
        check_one_picture("occlusion", shape, &picture)?;
        let score = score(&network, shape, &picture, target).await?;
        Ok(Self { network, shape, picture, target, occlusion, grid, score })
    }

    /// The shape of the whole map, `[1, 1, rows, columns]`.
    #[must_use]
    pub const fn map_shape(&self) -> Shape {
        Shape::new(1, 1, self.grid.0, self.grid.1)
    }

    /// The target's score on the picture as it is, `y_c(x)`.
    #[must_use]
    pub const fn score(&self) -> f32 {
        self.score
    }

    /// The values at some positions, counted row by row: `y_c(x) − y_c(x with the patch there)`. Positive where covering
    /// the picture takes evidence for the target away, negative where it takes away what speaks against it; raw, in units
    /// of the logit.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for positions that the map does not have; what [`Network::forward`] gives.
    pub async fn values(&self, positions: Range<usize>) -> Result<Vec<f32>> {
        let (rows, columns) = self.grid;
        if positions.start > positions.end || positions.end > rows * columns {
            return Err(Error::BadArgument(format!(
                "positions: {}..{}; this map has {rows}x{columns} = {}",
                positions.start,
                positions.end,
                rows * columns
            )));
        }
        let mut values = Vec::with_capacity(positions.len());
        let mut covered = self.picture.clone();
        for position in positions {
            covered.copy_from_slice(&self.picture);
            let (top, left) =
                (position / columns * self.occlusion.stride, position % columns * self.occlusion.stride);
            self.occlusion.cover(&mut covered, self.shape, top, left);
            values.push(self.score - score(&self.network, self.shape, &covered, self.target).await?);
        }
        Error::check_finite("the map of `occlusion`", &values)?;
        Ok(values)
    }
}

/// `y_c` of one picture; nothing is kept for a walk back.
async fn score<B: Backend>(
    network: &Arc<Network<B>>,
    shape: Shape,
    x: &[f32],
    target: Target,
) -> Result<f32> {
    let tape = network.forward(shape, x, Retain::Logits)?;
    target.score(&tape.logits().await?)
}
