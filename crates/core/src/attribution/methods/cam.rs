//! `Σ_k w_{c,k} A_k`, signed, without the bias; only before a global average pool and a linear layer (Zhou et
//! al. 2016, eq. 2).

use super::{About, Cam, Compute, Definition, Gradient, Paper, add_scaled, mean};

const CAM: Cam = Cam {
    gradient: Gradient::Pooled,
    // the weight is the same at every position
    weigh: |a, g, map| add_scaled(map, a, mean(g)),
    // stays signed, as in the paper
    relu: false,
    counterfactual: false,
};

pub(super) const METHOD: Definition = Definition {
    name: "cam",
    order: 50,
    compute: Compute::Cam(CAM),
    signed: true,
    pixels: false,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "CAM",
    rank: 40,
    paper: Paper {
        authors: "Zhou et al.",
        year: 2016,
        place: "eq. 2",
        link: "https://arxiv.org/abs/1512.04150",
    },
    formula: "Σₖ w꜀ₖ Aₖ",
    shows: "where, signed; only before a pooled linear head",
    options: &[],
    about: "The class's own weights on the last layer's maps. Exact, but only before a pooling and one linear layer: there Grad-CAM \
            is its positive part, divided by a constant.",
    reading: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
};
