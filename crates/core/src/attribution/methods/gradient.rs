//! `∂y_c/∂x`, signed (Simonyan et al. 2013).

use super::{About, Compute, Definition, Paper};
use crate::ReluRule;

pub(super) const METHOD: Definition = Definition {
    name: "gradient",
    order: 10,
    compute: Compute::Pixels { rule: ReluRule::Exact, times_input: false },
    signed: true,
    pixels: true,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Gradient",
    rank: 70,
    paper: Paper {
        authors: "Simonyan et al.",
        year: 2013,
        place: "§3",
        link: "https://arxiv.org/abs/1312.6034",
    },
    formula: "∂y꜀/∂x",
    shows: "sensitivity of the logit to each pixel",
    options: &[],
    about: "How the score follows each pixel; grey where it does not.",
    reading: "How the score follows each pixel; grey where it does not.",
};
