/** The methods, by the names that people know them by, and what each shows. */
import type { Explanation } from "../candling.js";

type Name = Explanation["method"];

const names: Readonly<Record<Name, string>> = {
  "grad-cam": "Grad-CAM",
  "guided-backprop": "Guided Backprop",
  "guided-grad-cam": "Guided Grad-CAM",
  cam: "CAM",
  "hires-cam": "HiResCAM",
  "layer-cam": "LayerCAM",
  gradient: "Gradient",
  "input-x-gradient": "Input × gradient",
  deconvnet: "Deconvnet",
  occlusion: "Occlusion",
};

/** What a map is called. */
export function methodName({
  method,
  counterfactual,
}: Pick<Explanation, "method" | "counterfactual">): string {
  return `${names[method]}${counterfactual ? ", against the class" : ""}`;
}

/** What it takes to read a map right, in a sentence. */
export function howToRead({
  method,
  counterfactual,
  channels,
}: Pick<Explanation, "method" | "counterfactual" | "channels">): string {
  if (counterfactual)
    return "Lit where the photo speaks against the class: with less of it, the class would score higher, to first order.";
  switch (method) {
    case "guided-backprop":
    case "guided-grad-cam":
    case "deconvnet":
      return "Edges, not evidence: such maps stay much the same whatever the network has learnt (Adebayo et al. 2018).";
    case "occlusion":
      return "Lit where a grey patch over the photo lowers the score of the class (Zeiler & Fergus 2013).";
    default:
      return channels === 1
        ? "Lit where the layer found evidence for the class: the place, not the outline, as coarse as the layer."
        : "How the score follows each pixel; grey where it does not.";
  }
}
