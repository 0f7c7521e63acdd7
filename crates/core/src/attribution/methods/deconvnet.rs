//! The gradient under [`ReluRule::Deconv`], signed (Zeiler & Fergus 2013).

use super::{About, Compute, Definition, Paper};
use crate::ReluRule;

pub(super) const METHOD: Definition = Definition {
    name: "deconvnet",
    order: 40,
    compute: Compute::Pixels { rule: ReluRule::Deconv, times_input: false },
    signed: true,
    pixels: true,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Deconvnet",
    rank: 90,
    paper: Paper {
        authors: "Zeiler & Fergus",
        year: 2013,
        place: "§2.1",
        link: "https://arxiv.org/abs/1311.2901",
    },
    formula: "the gradient, by the deconvnet's ReLU rule",
    shows: "patterns that excite the network",
    options: &[],
    about: "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
    reading: "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
};
