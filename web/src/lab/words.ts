/** What the page says: about each view, its numbers, and what went wrong. */
import type { Explanation, Method, Prediction, View } from "../candling.js";
import { CandlingError } from "../candling.js";

/** A view's heading, and a sentence on what it shows and what it cannot. */
export interface ViewText {
  readonly title: string;
  readonly about: string;
}

/** A choice for the heatmap. */
export interface CamChoice extends ViewText {
  readonly method: Method;
  readonly counterfactual: boolean;
}

export const camChoices = {
  "grad-cam": {
    title: "Grad-CAM",
    method: "grad-cam",
    counterfactual: false,
    about:
      "Where this layer found evidence for the class. The place, not the outline: it is as coarse as the layer.",
  },
  against: {
    title: "Grad-CAM, against the class",
    method: "grad-cam",
    counterfactual: true,
    about:
      "What speaks against the class: with less of it, the class would score higher, to first order. As coarse as the layer.",
  },
  "hires-cam": {
    title: "HiResCAM",
    method: "hires-cam",
    counterfactual: false,
    about:
      "Each cell with its own gradient, not the average: the exact share of the score at the last layer, a first guess earlier.",
  },
  "layer-cam": {
    title: "LayerCAM",
    method: "layer-cam",
    counterfactual: false,
    about:
      "Only cells whose own gradient is positive: sharper at early layers, where it shows edges more than things.",
  },
} as const satisfies Record<string, CamChoice>;

export type CamName = keyof typeof camChoices;

export function isCamName(name: string | undefined): name is CamName {
  return name !== undefined && Object.hasOwn(camChoices, name);
}

/** Of a dark photo in the scale of light. */
export const BRIGHTER = "Where it is lit, this photo is darker than shown here.";

export const viewTexts = {
  "guided-backprop": {
    title: "Guided Backprop",
    about:
      "Edges, not evidence: fine detail that the network reacted to, much the same for every class. It fails sanity checks (Adebayo et al. 2018). Its colours end at the 99th percentile.",
  },
  "guided-grad-cam": {
    title: "Guided Grad-CAM",
    about:
      "The same edges where Grad-CAM is warm. Sharper, but still edges, not evidence: it fails sanity checks too (Adebayo et al. 2018). Its colours end at the 99th percentile.",
  },
  cam: {
    title: "CAM",
    about:
      "The class's own weights on the last layer's maps. Exact, but only before a pooling and one linear layer: there Grad-CAM is its positive part, divided by a constant.",
  },
} as const satisfies Record<string, ViewText>;

/** Which weights run, and the way to the others. */
export const weightsTexts = {
  full: "Full weights.",
  small: "Small weights.",
  suited: { full: "Full weights.", small: "Small weights, to save data." },
  kept: { full: "Full weights, kept here.", small: "Small weights, kept here." },
  own: "A model of your own.",
  offer: { full: "Or the full ones", small: "Or the small ones, half the size", ours: "Or ours" },
  /** Beside those that are kept, which say more: all of it stays in one line. */
  offerBesideKept: { full: "Or the full ones", small: "Or the small ones" },
} as const;

/** For a view that is saved: the photo, what was asked of the network, and the class. */
export function fileName(
  title: string,
  label: string,
  map: Explanation,
  defaultLayer: string,
  kind = "png",
): string {
  const words: string[] = [title.replace(/\.\w+$/, ""), map.method];
  if (map.counterfactual) words.push("against");
  if (map.layer !== undefined && map.layer !== defaultLayer) words.push(map.layer);
  return `${[...words, label].join(" ").replace(/[^\p{L}\p{N}.]+/gu, "-")}.${kind}`;
}

/** The question of the page. Of a class that is not among the answers, the network did not say it. */
export function question(isAnswer: boolean): string {
  return isAnswer ? "What made it say" : "What would speak for";
}

/** A likeliest answer that is less than this far on the way from pure chance to certainty is none to rely on. */
const SURE = 0.25;

/** Whether none of the answers is sure. */
export function isUnsure([best, ...others]: readonly Prediction[]): boolean {
  const chance = 1 / (others.length + 1);
  return best !== undefined && best.probability < chance + SURE * (1 - chance);
}

/** Said beside such answers: what there is to choose from, for a model of one's own. That of ours stands in the page. */
export function classesOf(predictions: readonly Prediction[]): string {
  const { length } = predictions;
  const all =
    length === 2
      ? `two classes, ${predictions.map(({ label }) => label).join(" and ")},`
      : `${length} classes`;
  return `No answer is sure: its ${all} share the 100\u00a0%, and are all it knows, whatever the photo shows.`;
}

/** How much of the photo the network was shown. */
export function seen(
  { x, y, width, height }: View,
  photo: { readonly width: number; readonly height: number },
): string {
  const size = `${photo.width}×${photo.height}`;
  if (width === photo.width && height === photo.height) return `seen: all of ${size}`;
  return `seen: ${pixels(width)}×${pixels(height)} at ${pixels(x)}, ${pixels(y)} of ${size}`;
}

function pixels(length: number): string {
  return String(Math.round(length));
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof CandlingError && codes.includes(error.code);
}
