/**
 * The attribution methods, the best known first. Generated from `crates/core/src/attribution/methods` by
 * `npx -y rust-just catalogue`; a test of `candling-core` checks that this file is up to date.
 */
export const METHODS = [
  "grad-cam",
  "guided-backprop",
  "guided-grad-cam",
  "cam",
  "hires-cam",
  "layer-cam",
  "grad-cam-plus-plus",
  "x-grad-cam",
  "gradient",
  "input-x-gradient",
  "deconvnet",
  "occlusion",
  "smooth-grad",
] as const;

/** The name of a method. */
export type Method = (typeof METHODS)[number];

/** Display names. */
export const TITLES: Readonly<Record<Method, string>> = {
  "grad-cam": "Grad-CAM",
  "guided-backprop": "Guided Backprop",
  "guided-grad-cam": "Guided Grad-CAM",
  cam: "CAM",
  "hires-cam": "HiResCAM",
  "layer-cam": "LayerCAM",
  "grad-cam-plus-plus": "Grad-CAM++",
  "x-grad-cam": "XGrad-CAM",
  gradient: "Gradient",
  "input-x-gradient": "Input × gradient",
  deconvnet: "Deconvnet",
  occlusion: "Occlusion",
  "smooth-grad": "SmoothGrad",
};

/** What each map shows and what it cannot show, in a sentence or two. */
export const ABOUTS: Readonly<Record<Method, string>> = {
  "grad-cam": "Where this layer found evidence for the class. The place, not the outline: it is as coarse as the layer.",
  "guided-backprop": "Edges, not evidence: fine detail that the network reacted to, much the same for every class. It fails sanity checks (Adebayo et al. 2018). Its colours end at the 99th percentile.",
  "guided-grad-cam": "The same edges where Grad-CAM is warm. Sharper, but still edges, not evidence: it fails sanity checks too (Adebayo et al. 2018). Its colours end at the 99th percentile.",
  cam: "The class's own weights on the last layer's maps. Exact, but only before a pooling and one linear layer: there Grad-CAM is its positive part, divided by a constant.",
  "hires-cam": "Each cell with its own gradient, not the average: the exact share of the score at the last layer, a first guess earlier.",
  "layer-cam": "Only cells whose own gradient is positive: sharper at early layers, where it shows edges more than things.",
  "grad-cam-plus-plus": "Like Grad-CAM, but of positive gradients alone, with nearly the same weight each: what speaks against the class takes nothing away. As coarse as the layer.",
  "x-grad-cam": "Like Grad-CAM, but a channel's gradient counts most where the channel is active. The place, not the outline: it is as coarse as the layer.",
  gradient: "How the score follows each pixel; grey where it does not.",
  "input-x-gradient": "How the score follows each pixel; grey where it does not.",
  deconvnet: "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
  occlusion: "Lit where a grey patch over the photo lowers the score of the class (Zeiler & Fergus 2013).",
  "smooth-grad": "How the score follows each pixel, on average over 25 copies of the photo with noise laid over them. Smoother than the gradient, which does not make it truer. Its colours end at the 99th percentile.",
};

/** How to read each map, in one sentence. */
export const READINGS: Readonly<Record<Method, string>> = {
  "grad-cam": "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
  "guided-backprop": "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
  "guided-grad-cam": "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
  cam: "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
  "hires-cam": "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
  "layer-cam": "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
  "grad-cam-plus-plus": "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
  "x-grad-cam": "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer.",
  gradient: "How the score follows each pixel; grey where it does not.",
  "input-x-gradient": "How the score follows each pixel; grey where it does not.",
  deconvnet: "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).",
  occlusion: "Lit where a grey patch over the photo lowers the score of the class (Zeiler & Fergus 2013).",
  "smooth-grad": "How the score follows each pixel, on average over noisy copies of the photo; grey where it does not.",
};

/** Methods that work at any layer with positions. */
export const LAYERED: readonly Method[] = ["grad-cam", "guided-grad-cam", "hires-cam", "layer-cam", "grad-cam-plus-plus", "x-grad-cam"];

/** Methods whose map has a value for each value of the input; maps of the others have one channel. */
export const PIXELS: readonly Method[] = ["guided-backprop", "guided-grad-cam", "gradient", "input-x-gradient", "deconvnet", "smooth-grad"];

/** Methods of many forward passes. */
export const MANY_PASSES: readonly Method[] = ["occlusion", "smooth-grad"];

/** Methods that can also show evidence against the class. */
export const AGAINST: readonly Method[] = ["grad-cam"];
