//! The gradient under [`ReluRule::Guided`] at every ReLU, signed (Springenberg et al. 2014).

use super::{About, Compute, Definition, Paper};
use crate::ReluRule;

pub(super) const METHOD: Definition = Definition {
    name: "guided-backprop",
    order: 30,
    compute: Compute::Pixels { rule: ReluRule::Guided, times_input: false },
    signed: true,
    pixels: true,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Guided Backprop",
    rank: 20,
    paper: Paper {
        authors: "Springenberg et al.",
        year: 2014,
        place: "",
        link: "https://arxiv.org/abs/1412.6806",
    },
    formula: "the gradient, guided at every ReLU",
    shows: "fine detail, hardly per class",
    options: &[],
    about: "Edges, not evidence: fine detail that the network reacted to, much the same for every class. It fails sanity checks \
            (Adebayo et al. 2018). Its colours end at the 99th percentile.",
    reading: "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
};
