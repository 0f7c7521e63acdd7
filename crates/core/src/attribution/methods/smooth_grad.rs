//! `⟨∂y_c/∂x (x + σ n_i)⟩_i`, signed: the mean gradient over noisy copies of the picture (Smilkov et al.
//! 2017, eq. 2).
//!
//! `σ` is a share of `max x − min x`. The noise is reproducible on every machine: copy `i` uses the stream
//! `i` of [`Noise::of`](crate::random::Noise::of) with the seed, one normal number for each value of the
//! input, row-major.

use super::super::passes::{Alteration, Asked, MapPlan, Plan, Read, check_values};
use super::super::whole;
use super::{About, Choice, Compute, Definition, Meaning, Paper};
use crate::random::Noise;
use crate::{Attribution, Error, Method, Query, Result, Shape, Target};

pub(super) const METHOD: Definition = Definition {
    name: "smooth-grad",
    order: 110,
    compute: Compute::Passes,
    signed: true,
    pixels: true,
    options: &[
        Choice { name: "samples", whole: true },
        Choice { name: "sigma", whole: false },
        Choice { name: "seed", whole: true },
    ],
};

pub(super) const ABOUT: About = About {
    title: "SmoothGrad",
    rank: 110,
    paper: Paper {
        authors: "Smilkov et al.",
        year: 2017,
        place: "eq. 2",
        link: "https://arxiv.org/abs/1706.03825",
    },
    formula: "⟨∂y꜀/∂x⟩ over x + noise",
    shows: "the gradient with less noise; prettier is not truer",
    options: &[
        Meaning { about: "how many noisy copies of the picture", unit: "N", default: "25" },
        Meaning {
            about: "standard deviation of the noise, as a share of the range of the input's values",
            unit: "SHARE",
            default: "0.15",
        },
        Meaning { about: "chooses the noise", unit: "N", default: "0" },
    ],
    about: "How the score follows each pixel, on average over 25 copies of the photo with noise laid over them. Smoother than the \
            gradient, which does not make it truer. Its colours end at the 99th percentile.",
    reading: "How the score follows each pixel, on average over noisy copies of the photo; grey where it does not.",
};

/// Default number of copies: half of 50, above which the paper sees little improvement.
const SAMPLES: usize = 25;

/// Largest number of copies; more would only cost time.
const MOST_SAMPLES: usize = 1000;

/// Default share of the range; the paper recommends 0.1 to 0.2 for photos.
const SIGMA: f64 = 0.15;

pub(super) fn begin(asked: &Asked<'_>) -> Result<MapPlan> {
    let &Asked { shape, picture, target, options } = asked;
    let samples = options.whole("samples").unwrap_or(SAMPLES);
    if samples == 0 || samples > MOST_SAMPLES {
        return Err(Error::BadArgument(format!("samples: {samples}; it is 1 to {MOST_SAMPLES}")));
    }
    let share = options.get("sigma").unwrap_or(SIGMA);
    if !(share.is_finite() && share >= 0.0) {
        return Err(Error::BadArgument(format!("sigma: {share:?}; it is a finite number, 0 or more")));
    }
    let (low, high) = picture.iter().fold((f32::MAX, f32::MIN), |(l, h), &v| (l.min(v), h.max(v)));
    let sigma = share * (f64::from(high) - f64::from(low));
    let seed = options.whole("seed").unwrap_or_default() as u64;
    Ok(Box::new(SmoothGrad { shape, target, samples, sigma, seed }))
}

struct SmoothGrad {
    shape: Shape,
    target: Target,
    samples: usize,
    /// Standard deviation in units of the input.
    sigma: f64,
    seed: u64,
}

impl Alteration for SmoothGrad {
    fn name(&self) -> &'static str {
        METHOD.name
    }

    fn pieces(&self) -> usize {
        self.samples
    }

    fn read(&self) -> Read {
        Read::Map(Query::new(Method::GRADIENT, self.target))
    }

    fn alter(&self, piece: usize, shown: &mut [f32]) {
        for (v, n) in shown.iter_mut().zip(Noise::of(self.seed, piece as u64)) {
            *v = (f64::from(*v) + self.sigma * n) as f32;
        }
    }
}

impl Plan for SmoothGrad {
    type Whole = Attribution;

    fn finish(&self, values: &[f32]) -> Result<Attribution> {
        check_values(METHOD.name, values, self.samples * self.shape.len())?;
        let mut sums = vec![0.0; self.shape.len()];
        for map in values.chunks_exact(self.shape.len()) {
            sums.iter_mut().zip(map).for_each(|(sum, &v)| *sum += f64::from(v));
        }
        let data: Vec<f32> = sums.into_iter().map(|sum| (sum / self.samples as f64) as f32).collect();
        Error::check_finite("the map of `smooth-grad`", &data)?;
        Ok(Attribution {
            method: Method::SMOOTH_GRAD,
            layer: None,
            shape: self.shape,
            area: whole(self.shape),
            data,
        })
    }
}
