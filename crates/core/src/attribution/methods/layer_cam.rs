//! `ReLU(Σ_k ReLU(g_k) ⊙ A_k)` (Jiang et al. 2021).

use super::{About, Cam, Compute, Definition, Gradient, Paper, add_products};

const CAM: Cam = Cam {
    gradient: Gradient::Layer,
    weigh: |a, g, map| add_products(map, a, g, |g| g.max(0.0)),
    relu: true,
    counterfactual: false,
};

pub(super) const METHOD: Definition = Definition {
    name: "layer-cam",
    order: 90,
    compute: Compute::Cam(CAM),
    signed: false,
    pixels: false,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "LayerCAM",
    rank: 60,
    paper: Paper {
        authors: "Jiang et al.",
        year: 2021,
        place: "",
        link: "https://doi.org/10.1109/TIP.2021.3089943",
    },
    formula: "ReLU(Σₖ ReLU(gₖ) ⊙ Aₖ)",
    shows: "where, at earlier layers too",
    options: &[],
    about: "Only cells whose own gradient is positive: sharper at early layers, where it shows edges more than things.",
    reading: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
};
