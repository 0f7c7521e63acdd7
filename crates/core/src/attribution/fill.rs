//! Fillings for removed parts of a picture. No filling is neutral: each is a picture too, and the result of
//! an experiment depends on both.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result, Shape};

/// Filling for the removed parts of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Fill {
    /// 0 in every channel of the input tensor: the mean that the model's preprocessing subtracts, a middle
    /// grey.
    #[default]
    Grey,
    /// The picture itself, blurred by a Gaussian: colours and light remain, without the edges of a grey
    /// patch, and objects become unrecognisable (Fong & Vedaldi 2017, §4.1).
    Blur,
}

/// Standard deviation of the blur, as a share of the picture's shorter side: 14 pixels of 224. Fong & Vedaldi
/// use 10 of 224; a little more also removes large objects.
const BLUR: f64 = 1.0 / 16.0;

/// Radius of the kernel in standard deviations; it leaves out one part in 16 000.
const REACH: f64 = 4.0;

impl Fill {
    /// All fillings.
    pub const ALL: [Self; 2] = [Self::Grey, Self::Blur];

    /// Name in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Blur => "blur",
        }
    }

    /// The filling for a whole picture (`shape`, row-major NCHW).
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

/// Blurs every channel with a Gaussian; edge values are repeated beyond the border.
fn blur(picture: &[f32], shape: Shape) -> Vec<f32> {
    let kernel = gaussian(BLUR * shape.h.min(shape.w) as f64);
    let mut blurred = Vec::with_capacity(picture.len());
    for channel in picture.chunks_exact(shape.area()) {
        // blur along one axis and transpose, twice: the Gaussian is separable
        let columns = blur_rows_and_turn(channel, shape.w, &kernel);
        blurred.extend(blur_rows_and_turn(&columns, shape.h, &kernel));
    }
    blurred
}

/// Blurs each row of `width` values and returns the transposed plane.
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

/// The Gaussian at integer pixels, normalised to the sum 1.
fn gaussian(deviation: f64) -> Vec<f32> {
    let reach = (REACH * deviation).round();
    let heights: Vec<f64> =
        (0..=2 * reach as usize).map(|i| (-0.5 * ((i as f64 - reach) / deviation).powi(2)).exp()).collect();
    let sum: f64 = heights.iter().sum();
    heights.into_iter().map(|height| (height / sum) as f32).collect()
}
