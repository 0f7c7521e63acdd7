//! `x ⊙ ∂y_c/∂x`, signed (Shrikumar et al. 2016).

use super::{About, Compute, Definition, Paper};
use crate::ReluRule;

pub(super) const METHOD: Definition = Definition {
    name: "input-x-gradient",
    order: 20,
    compute: Compute::Pixels { rule: ReluRule::Exact, times_input: true },
    signed: true,
    pixels: true,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Input × gradient",
    rank: 80,
    paper: Paper {
        authors: "Shrikumar et al.",
        year: 2016,
        place: "",
        link: "https://arxiv.org/abs/1605.01713",
    },
    formula: "x ⊙ ∂y꜀/∂x",
    shows: "first-order contribution of each pixel",
    options: &[],
    about: "How the score follows each pixel; grey where it does not.",
    reading: "How the score follows each pixel; grey where it does not.",
};
