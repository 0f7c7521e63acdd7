/** Texts of the page on its views, their numbers, and failures. */
import type { Explanation, Method, Prediction, View } from "../candling.js";
import { CandlingError } from "../candling.js";
import { ABOUTS, AGAINST, LAYERED, MANY_PASSES, METHODS, PIXELS, TITLES } from "../catalogue.js";
import { methodName } from "../words/methods.js";

/** A view's heading, and a sentence on what it shows and what it cannot. */
export interface ViewText {
  readonly title: string;
  readonly about: string;
}

/** The texts of a method. */
export function textOf(method: Method): ViewText {
  return { title: TITLES[method], about: ABOUTS[method] };
}

/** A choice for the heatmap. */
export interface HeatmapChoice extends ViewText {
  readonly method: Method;
  readonly counterfactual: boolean;
}

/**
 * Choices for the heatmap, in the order of the catalogue: methods that can be computed at any layer, and
 * those that take many passes; the others have views of their own.
 */
export const heatmaps: Readonly<Record<string, HeatmapChoice>> = Object.fromEntries(
  METHODS.filter((method) => hasLayers(method) || MANY_PASSES.includes(method)).flatMap((method) => {
    const choice = { ...textOf(method), method, counterfactual: false };
    return AGAINST.includes(method) ? [[method, choice], against(method)] : [[method, choice]];
  }),
);

/** Whether a method makes one heatmap for each layer. */
export function hasLayers(method: Method): boolean {
  return LAYERED.includes(method) && !PIXELS.includes(method);
}

/** The choice of what speaks against the class; for Grad-CAM it is "against" in addresses. */
function against(method: Method): readonly [string, HeatmapChoice] {
  return [
    method === "grad-cam" ? "against" : `${method}-against`,
    {
      title: methodName({ method, counterfactual: true }),
      method,
      counterfactual: true,
      about:
        "What speaks against the class: with less of it, the class would score higher, to first order. As coarse as the layer.",
    },
  ];
}

/** Text for a dark photo in the scale of light. */
export const BRIGHTER = "Where it is lit, this photo is darker than shown here.";

/** Texts on the weights in use, and the link to the others. */
export const weightsTexts = {
  full: "Full weights.",
  small: "Small weights.",
  suited: { full: "Full weights.", small: "Small weights, to save data." },
  kept: { full: "Full weights, kept here.", small: "Small weights, kept here." },
  own: "A model of your own.",
  offer: { full: "Or the full ones", small: "Or the small ones, half the size", ours: "Or ours" },
  /** Beside those that are stored, whose text is longer: all of it fits one line. */
  offerBesideKept: { full: "Or the full ones", small: "Or the small ones" },
} as const;

/** File name of a saved view: the photo, the method, and the class. */
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

/** The question of the page. A class that is not among the predictions was not the network's answer. */
export function question(isAnswer: boolean): string {
  return isAnswer ? "What made it say" : "What would speak for";
}

/** Least share of the way from chance to certainty at which the best prediction counts as sure. */
const SURE = 0.25;

/** Whether no prediction is sure. */
export function isUnsure([best, ...others]: readonly Prediction[]): boolean {
  const chance = 1 / (others.length + 1);
  return best !== undefined && best.probability < chance + SURE * (1 - chance);
}

/** The text beside unsure predictions of a visitor's own model: its classes. That of ours is in the page. */
export function classesOf(predictions: readonly Prediction[]): string {
  const { length } = predictions;
  const all =
    length === 2
      ? `two classes, ${predictions.map(({ label }) => label).join(" and ")},`
      : `${length} classes`;
  return `No answer is sure: its ${all} share the 100\u00a0%, and are all it knows, whatever the photo shows.`;
}

/** Describes how much of the photo the network saw. */
export function seenPartSentence(
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
