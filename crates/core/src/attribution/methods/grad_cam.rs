//! `ReLU(Σ_k ⟨g_k⟩ A_k)` (Selvaraju et al. 2017, eq. 1 and 2).

use super::{About, Cam, Compute, Definition, Gradient, Paper, add_scaled, mean};

pub(crate) const CAM: Cam = Cam {
    gradient: Gradient::Layer,
    weigh: |a, g, map| add_scaled(map, a, mean(g)),
    relu: true,
    counterfactual: true,
};

pub(super) const METHOD: Definition = Definition {
    name: "grad-cam",
    order: 60,
    compute: Compute::Cam(CAM),
    signed: false,
    pixels: false,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Grad-CAM",
    rank: 10,
    paper: Paper {
        authors: "Selvaraju et al.",
        year: 2017,
        place: "eq. 1 and 2",
        link: "https://arxiv.org/abs/1610.02391",
    },
    formula: "ReLU(Σₖ ⟨gₖ⟩ Aₖ)",
    shows: "where, per class; as coarse as the layer",
    options: &[],
    about: "Where this layer found evidence for the class. The place, not the outline: it is as coarse as the layer.",
    reading: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
};
