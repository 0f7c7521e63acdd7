//! `ReLU(Σ_k w_k A_k)` with `w_k = Σ_ij g A / Σ_ij A` (Fu et al. 2020).

use super::{About, Cam, Compute, Definition, Gradient, Paper, add_scaled};

/// Keeps the weight of an inactive channel finite, as pytorch-grad-cam does.
const EPSILON: f64 = 1e-7;

const CAM: Cam = Cam { gradient: Gradient::Layer, weigh, relu: true, counterfactual: false };

/// Averages the gradients with weights proportional to the activations.
fn weigh(a: &[f32], g: &[f32], map: &mut [f64]) {
    let products: f64 = a.iter().zip(g).map(|(&a, &g)| f64::from(a) * f64::from(g)).sum();
    let activations: f64 = a.iter().copied().map(f64::from).sum();
    add_scaled(map, a, products / (activations + EPSILON));
}

pub(super) const METHOD: Definition = Definition {
    name: "x-grad-cam",
    order: 76,
    compute: Compute::Cam(CAM),
    signed: false,
    pixels: false,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "XGrad-CAM",
    rank: 64,
    paper: Paper { authors: "Fu et al.", year: 2020, place: "", link: "https://arxiv.org/abs/2008.02312" },
    formula: "ReLU(Σₖ wₖ Aₖ), wₖ = Σ gₖAₖ / Σ Aₖ",
    shows: "where, with gradients weighted by activations",
    options: &[],
    about: "Like Grad-CAM, but a channel's gradient counts most where the channel is active. The place, not the outline: it is as \
            coarse as the layer.",
    reading: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
};
