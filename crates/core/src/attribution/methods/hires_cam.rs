//! `ReLU(Σ_k g_k ⊙ A_k)` (Draelos & Carin 2020).

use super::{About, Cam, Compute, Definition, Gradient, Paper, add_products};

pub(crate) const CAM: Cam = Cam {
    gradient: Gradient::Layer,
    weigh: |a, g, map| add_products(map, a, g, |g| g),
    relu: true,
    counterfactual: false,
};

pub(super) const METHOD: Definition = Definition {
    name: "hires-cam",
    order: 80,
    compute: Compute::Cam(CAM),
    signed: false,
    pixels: false,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "HiResCAM",
    rank: 50,
    paper: Paper {
        authors: "Draelos & Carin",
        year: 2020,
        place: "",
        link: "https://arxiv.org/abs/2011.08891",
    },
    formula: "ReLU(Σₖ gₖ ⊙ Aₖ)",
    shows: "where, true to the layer's positions",
    options: &[],
    about: "Each cell with its own gradient, not the average: the exact share of the score at the last layer, a first guess earlier.",
    reading: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
};
