//! `y_c(x) − y_c(x with a grey patch there)`, signed (Zeiler & Fergus 2013, §4.2 and figure 7).
//!
//! No gradient is involved: the map is the result of a plain experiment, and a check on the other methods. It
//! needs a forward pass for every position.

use super::super::passes::{Alteration, Asked, MapPlan, Plan, Read, check_values};
use super::{About, Choice, Compute, Definition, Meaning, Paper};
use crate::{Attribution, Error, Method, Result, Shape, Target};

pub(super) const METHOD: Definition = Definition {
    name: "occlusion",
    order: 100,
    compute: Compute::Passes,
    signed: true,
    pixels: false,
    options: &[
        Choice { name: "patch", whole: true },
        Choice { name: "stride", whole: true },
        Choice { name: "baseline", whole: false },
    ],
};

pub(super) const ABOUT: About = About {
    title: "Occlusion",
    rank: 100,
    paper: Paper {
        authors: "Zeiler & Fergus",
        year: 2013,
        place: "§4.2 and figure 7",
        link: "https://arxiv.org/abs/1311.2901",
    },
    formula: "y꜀(x) − y꜀(x with a grey patch there)",
    shows: "where, signed, by experiment and without gradients",
    options: &[
        Meaning { about: "side of the grey patch, in pixels of the input", unit: "PIXELS", default: "32" },
        Meaning {
            about: "from one position of the patch to the next",
            unit: "PIXELS",
            default: "half its side",
        },
        Meaning {
            about: "what every channel of the normalised input is under the patch",
            unit: "VALUE",
            default: "0, a middle grey",
        },
    ],
    about: "Lit where a grey patch over the photo lowers the score of the class (Zeiler & Fergus 2013).",
    reading: "Lit where a grey patch over the photo lowers the score of the class (Zeiler & Fergus 2013).",
};

pub(super) fn begin(asked: &Asked<'_>) -> Result<MapPlan> {
    let &Asked { shape, options, .. } = asked;
    // inputs smaller than the default patch are covered whole
    let patch = options.whole("patch").unwrap_or(PATCH.min(shape.h).min(shape.w));
    let stride = options.whole("stride").unwrap_or((patch / 2).max(1));
    let baseline = options.get("baseline").unwrap_or_default() as f32;
    Ok(Box::new(Occlusion { patch, stride, baseline }.plan(shape, asked.target)?))
}

/// Default side of the patch, in pixels of the input.
const PATCH: usize = 32;

/// Size, step and value of the patch.
///
/// Positions form the grid of a convolution without padding: the patch at row `i`, column `j` of the map
/// begins at pixel `(i·stride, j·stride)` and lies entirely inside the picture. Remaining pixels at the right
/// and bottom, fewer than a stride, are never covered. The default (32, 16) gives 13×13 = 169 positions on
/// 224×224.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occlusion {
    /// Side of the square patch, in pixels of the input.
    pub patch: usize,
    /// Distance between positions, in pixels of the input; patches overlap if it is smaller than `patch`.
    pub stride: usize,
    /// Value of every channel under the patch, in units of the input tensor. 0, the default, is the mean that
    /// the model's preprocessing subtracts: the grey square of the paper, and the plain colour in which a
    /// trained network is least likely to see something. It is a colour nevertheless; no patch is neutral.
    pub baseline: f32,
}

impl Default for Occlusion {
    fn default() -> Self {
        Self { patch: PATCH, stride: PATCH / 2, baseline: 0.0 }
    }
}

impl Occlusion {
    /// Rows and columns of the map for an input of this shape, `⌊(side − patch) / stride⌋ + 1` each.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a patch of 0 or larger than the input, a stride of 0 or larger than the
    /// patch, which would skip pixels, and a baseline that is not finite.
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

    /// The area of the input that the map covers: left, top, width and height in pixels, for painting. Each
    /// position stands for the `stride`×`stride` pixels around the centre of its patch; a margin of half of
    /// `patch − stride` around all of them contains no patch centre.
    ///
    /// # Errors
    /// As [`Occlusion::grid`].
    pub fn area(&self, input: Shape) -> Result<[f64; 4]> {
        let (rows, columns) = self.grid(input)?;
        let margin = (self.patch - self.stride) as f64 / 2.0;
        Ok([margin, margin, (columns * self.stride) as f64, (rows * self.stride) as f64])
    }

    /// Plans the passes of the map for an input of this shape.
    ///
    /// # Errors
    /// As [`Occlusion::grid`].
    pub fn plan(self, input: Shape, target: Target) -> Result<OcclusionPlan> {
        let grid = self.grid(input)?;
        Ok(OcclusionPlan { occlusion: self, input, target, grid, area: self.area(input)? })
    }

    /// Covers every channel of a picture (`shape`, row-major) with the patch whose top left pixel is at
    /// `top`, `left`. The patch is clipped to the picture.
    fn cover(&self, picture: &mut [f32], shape: Shape, top: usize, left: usize) {
        for channel in picture.chunks_exact_mut(shape.area()) {
            for row in channel.chunks_exact_mut(shape.w).skip(top).take(self.patch) {
                row.iter_mut().skip(left).take(self.patch).for_each(|v| *v = self.baseline);
            }
        }
    }
}

/// One pass per position, row by row. A value is the drop of the target's score, in units of the logit:
/// positive where the covered part is evidence for the target, negative where it is evidence against it.
pub struct OcclusionPlan {
    occlusion: Occlusion,
    input: Shape,
    target: Target,
    /// Rows and columns.
    grid: (usize, usize),
    area: [f64; 4],
}

impl Alteration for OcclusionPlan {
    fn name(&self) -> &'static str {
        METHOD.name
    }

    fn pieces(&self) -> usize {
        self.grid.0 * self.grid.1
    }

    fn read(&self) -> Read {
        Read::Drop(self.target)
    }

    fn alter(&self, piece: usize, shown: &mut [f32]) {
        let (row, column) = (piece / self.grid.1, piece % self.grid.1);
        let stride = self.occlusion.stride;
        self.occlusion.cover(shown, self.input, row * stride, column * stride);
    }
}

impl Plan for OcclusionPlan {
    type Whole = Attribution;

    fn finish(&self, values: &[f32]) -> Result<Attribution> {
        check_values(METHOD.name, values, self.pieces())?;
        Error::check_finite("the map of `occlusion`", values)?;
        let (rows, columns) = self.grid;
        Ok(Attribution {
            method: Method::OCCLUSION,
            layer: None,
            shape: Shape::new(1, 1, rows, columns),
            area: self.area,
            data: values.to_vec(),
        })
    }
}
