//! What stands where the picture was taken away. Nothing that can be shown to a network is nothing: every filling is a picture of
//! its own, and what an experiment finds is about the two.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result, Shape};

/// What stands where the picture was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Fill {
    /// 0 in every channel of the input tensor: the mean that the model's preprocessing subtracts, a middle grey.
    #[default]
    Grey,
    /// The picture itself, blurred by a Gaussian: colours and light stay where they were, without the edges of a grey patch, and
    /// no object is left to see (Fong & Vedaldi 2017, §4.1).
    Blur,
}

/// Standard deviation of the blur, as a share of the picture's shorter side: 14 pixels of 224. Fong & Vedaldi take 10 of 224; it is
/// a little more here so that large objects go as well.
const BLUR: f64 = 1.0 / 16.0;

/// Where the Gaussian ends, in standard deviations: what lies beyond is a part in 16 000.
const REACH: f64 = 4.0;

impl Fill {
    /// Every filling.
    pub const ALL: [Self; 2] = [Self::Grey, Self::Blur];

    /// Its name in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Blur => "blur",
        }
    }

    /// The picture (`shape`, row-major NCHW) with all of it taken away.
    #[must_use]
    pub fn instead_of(self, picture: &[f32], shape: Shape) -> Vec<f32> {
        match self {
            Self::Grey => vec![0.0; picture.len()],
            Self::Blur => blur(picture, shape),
        }
    }
}

impl fmt::Display for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fill {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|fill| fill.name() == name).ok_or_else(|| {
            Error::BadArgument(format!("fill: `{name}`; it is `{}` or `{}`", Self::Grey, Self::Blur))
        })
    }
}

/// A Gaussian blur of every channel; the values at the edges go on beyond them.
fn blur(picture: &[f32], shape: Shape) -> Vec<f32> {
    let kernel = gaussian(BLUR * shape.h.min(shape.w) as f64);
    let mut blurred = Vec::with_capacity(picture.len());
    for channel in picture.chunks_exact(shape.area()) {
        // Along one axis and turned, twice: the Gaussian is the product of its axes.
        let columns = blur_rows_and_turn(channel, shape.w, &kernel);
        blurred.extend(blur_rows_and_turn(&columns, shape.h, &kernel));
    }
    blurred
}

/// Blurs each row of `width` values and lays the rows out as columns.
fn blur_rows_and_turn(plane: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let height = plane.len() / width;
    let reach = kernel.len() / 2;
    let mut turned = vec![0.0; plane.len()];
    let mut wide = Vec::with_capacity(width + 2 * reach);
    for (y, row) in plane.chunks_exact(width).enumerate() {
        wide.clear();
        wide.extend(std::iter::repeat_n(row[0], reach));
        wide.extend_from_slice(row);
        wide.extend(std::iter::repeat_n(row[width - 1], reach));
        for (x, seen) in wide.windows(kernel.len()).enumerate() {
            turned[x * height + y] = seen.iter().zip(kernel).map(|(v, k)| v * k).sum();
        }
    }
    turned
}

/// The Gaussian at whole pixels, with the sum 1.
fn gaussian(deviation: f64) -> Vec<f32> {
    let reach = (REACH * deviation).round();
    let heights: Vec<f64> =
        (0..=2 * reach as usize).map(|i| (-0.5 * ((i as f64 - reach) / deviation).powi(2)).exp()).collect();
    let sum: f64 = heights.iter().sum();
    heights.into_iter().map(|height| (height / sum) as f32).collect()
}
