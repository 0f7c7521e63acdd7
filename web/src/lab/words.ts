/** What the page says: about each view, its numbers, and what went wrong. */
import type { Explanation, Method, Prediction, View } from "../candling.js";
import { CandlingError } from "../candling.js";
import { ABOUTS, AGAINST, LAYERED, MANY_PASSES, METHODS, PIXELS, TITLES } from "../catalogue.js";
import { methodName } from "../words/methods.js";

/** A view's heading, and a sentence on what it shows and what it cannot. */
export interface ViewText {
  readonly title: string;
  readonly about: string;
}

/** A method's. */
export function textOf(method: Method): ViewText {
  return { title: TITLES[method], about: ABOUTS[method] };
}

/** A choice for the heatmap. */
export interface HeatmapChoice extends ViewText {
  readonly method: Method;
  readonly counterfactual: boolean;
}

/**
 * The heatmap's, in the order of the catalogue: methods that can be asked at any layer, and those that make
 * an experiment of many passes; the others have views of their own.
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

/** What speaks against the class; of Grad-CAM it is "against" in addresses. */
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

/** The note on a dark photo in the colour map `candle`. */
export const BRIGHTER = "Where it is lit, this photo is darker than shown here.";

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

/**
 * A likeliest answer that is less than this far on the way from pure chance to certainty is none to rely on.
 */
const SURE = 0.25;

/** Whether none of the answers is sure. */
export function isUnsure([best, ...others]: readonly Prediction[]): boolean {
  const chance = 1 / (others.length + 1);
  return best !== undefined && best.probability < chance + SURE * (1 - chance);
}

/**
 * Said beside such answers: what there is to choose from, for a model of one's own. That of ours stands in
 * the page.
 */
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
