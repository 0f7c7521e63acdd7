//! Guided backpropagation times the bilinearly upsampled Grad-CAM, nothing normalised before (Selvaraju et
//! al. 2017, §3.2).

use super::{About, Compute, Definition, Paper, grad_cam};
use crate::ReluRule;

pub(super) const METHOD: Definition = Definition {
    name: "guided-grad-cam",
    order: 70,
    compute: Compute::Product { rule: ReluRule::Guided, cam: &grad_cam::CAM },
    signed: true,
    pixels: true,
    options: &[],
};

pub(super) const ABOUT: About = About {
    title: "Guided Grad-CAM",
    rank: 30,
    paper: Paper {
        authors: "Selvaraju et al.",
        year: 2017,
        place: "§3.2",
        link: "https://arxiv.org/abs/1610.02391",
    },
    formula: "guided-backprop ⊙ upsampled grad-cam",
    shows: "both",
    options: &[],
    about: "The same edges where Grad-CAM is warm. Sharper, but still edges, not evidence: it fails sanity checks too (Adebayo et \
            al. 2018). Its colours end at the 99th percentile.",
    reading: "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
};
