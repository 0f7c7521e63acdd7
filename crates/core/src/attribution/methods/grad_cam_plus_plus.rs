//! `ReLU(Σ_k w_k A_k)` with `w_k = Σ_ij α ReLU(g)` and `α = g² / (2g² + (Σ_ij A) g³)`, 0 where `g` is
//! (Chattopadhay et al. 2018).

use super::{About, Cam, Compute, Definition, Gradient, Paper, add_scaled};

/// Keeps α finite where its denominator vanishes, as pytorch-grad-cam does.
const EPSILON: f64 = 1e-6;

const CAM: Cam = Cam { gradient: Gradient::Layer, weigh, relu: true, counterfactual: false };

/// Weighs positive gradients by α; their product approaches `1 / Σ A` where `g Σ A` is large.
fn weigh(a: &[f32], g: &[f32], map: &mut [f64]) {
    let activations: f64 = a.iter().copied().map(f64::from).sum();
    let weight = g.iter().copied().map(f64::from).filter(|&g| g > 0.0).map(|g| {
        let square = g * g;
        let alpha = square / (2.0 * square + activations * square * g + EPSILON);
        alpha * g
    });
    add_scaled(map, a, weight.sum());
}

pub(super) const METHOD: Definition = Definition {
    name: "grad-cam-plus-plus",
    order: 73,
    compute: Compute::Cam(CAM),
    signed: false,
    pixels: false,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Grad-CAM++",
    rank: 62,
    paper: Paper {
        authors: "Chattopadhay et al.",
        year: 2018,
        place: "",
        link: "https://arxiv.org/abs/1710.11063",
    },
    formula: "ReLU(Σₖ wₖ Aₖ), wₖ = Σ αₖ ReLU(gₖ), αₖ = gₖ² / (2gₖ² + gₖ³ Σ Aₖ)",
    shows: "where, by positive gradients alone",
    options: &[],
    about: "Like Grad-CAM, but of positive gradients alone, with nearly the same weight each: what speaks against the class takes \
            nothing away. As coarse as the layer.",
    reading: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
};
