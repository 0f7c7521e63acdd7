/** What the page says: about each view, its numbers, and what went wrong. */
import type { Explanation, Method, View } from "../candling.js";
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
    about: "Where this layer found evidence for the class. The place, not the outline: it is as coarse as the layer.",
  },
  against: {
    title: "Grad-CAM, against the class",
    method: "grad-cam",
    counterfactual: true,
    about: "What speaks against the class: without it, the class would score higher. As coarse as the layer.",
  },
  "hires-cam": {
    title: "HiResCAM",
    method: "hires-cam",
    counterfactual: false,
    about: "Each cell with its own gradient, not the average: the exact share of the score at the last layer, a first guess earlier.",
  },
  "layer-cam": {
    title: "LayerCAM",
    method: "layer-cam",
    counterfactual: false,
    about: "Only cells whose own gradient is positive: sharper at early layers, where it shows edges more than things.",
  },
} as const satisfies Record<string, CamChoice>;

export type CamName = keyof typeof camChoices;

export function isCamName(name: string | undefined): name is CamName {
  return name !== undefined && Object.hasOwn(camChoices, name);
}

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
      "The class's own weights on the last layer's maps. Exact, but only before a pooling and one linear layer: there it is Grad-CAM times a constant.",
  },
} as const satisfies Record<string, ViewText>;

/** Which weights run, and the way to the others. */
export const weightsTexts = {
  full: "Full weights.",
  small: "Small weights.",
  sparing: "Small weights, to save data.",
  offer: { full: "Or the full ones", small: "Or the small ones, half the size" },
} as const;

/** Said in place of a number where there is nothing to see. */
function nothing({ counterfactual }: Explanation): string {
  return counterfactual ? "nothing in this layer speaks against this class" : "no positive evidence for this class in this layer";
}

/** How strong a map is at its peak, un-normalised; 0 or less where there is nothing to see. */
export function strength({ peak, channels }: Explanation): number {
  return channels === 1 ? peak.value : Math.abs(peak.value);
}

/** The line under a view: its raw, un-normalised strength. */
export function reading(map: Explanation): string {
  if (strength(map) <= 0) return nothing(map);
  if (map.channels === 1) return `maximum ${number(map.max)} · ${map.layer}, ${map.height}×${map.width}`;
  return `largest magnitude ${number(strength(map))}`;
}

/** A view in a sentence, for those who do not see it. */
export function description(title: string, label: string, map: Explanation): string {
  if (strength(map) <= 0) return `${title} for ${label}: ${nothing(map)}.`;
  return `${title} for ${label}: strongest ${place(map)}; ${reading(map)}.`;
}

function place({ peak, run }: Explanation): string {
  const third = (at: number, length: number) => Math.min(2, Math.floor((3 * at) / length));
  const column = ["on the left", "in the middle", "on the right"][third(peak.x, run.width)];
  const row = [", at the top", "", ", at the bottom"][third(peak.y, run.height)];
  return `${column}${row}`;
}

/** Where the evidence of a CAM lies, from all of it and not from its peak alone. `what` is what a lit place does: "speaks for tabby". */
export function whereabouts(what: string, map: Explanation): string {
  if (strength(map) <= 0) return `Nothing in this layer ${what}.`;
  const columns = shares(map, ({ x }) => x / map.run.width);
  const rows = shares(map, ({ y }) => y / map.run.height);
  const most = (all: readonly number[]) => all.indexOf(Math.max(...all));
  const share = (all: readonly number[]) => `${Math.round(100 * (all[most(all)] ?? 0))}\u00a0%`;
  const column = ["left", "central", "right"][most(columns)];
  const row = ["upper", "middle", "lower"][most(rows)];
  return `${share(columns)} of what ${what} lies in the ${column} third of the photo; from top to bottom, ${share(rows)} in the ${row} third.`;
}

/** How much of a map's positive values lies in each third of the photo. */
function shares(
  { data, height, width, view }: Explanation,
  along: (at: { readonly x: number; readonly y: number }) => number,
): readonly number[] {
  const thirds = [0, 0, 0];
  data.forEach((value, cell) => {
    const x = view.x + (((cell % width) + 0.5) / width) * view.width;
    const y = view.y + ((Math.floor(cell / width) + 0.5) / height) * view.height;
    const third = Math.min(2, Math.floor(3 * along({ x, y })));
    thirds[third] = (thirds[third] ?? 0) + Math.max(0, value);
  });
  const all = thirds.reduce((sum, part) => sum + part, 0);
  return thirds.map((part) => part / all);
}

/** For a view that is saved: the photo, what was asked of the network, and the class. */
export function fileName(title: string, label: string, map: Explanation, defaultLayer: string, kind = "png"): string {
  const words: string[] = [title.replace(/\.\w+$/, ""), map.method];
  if (map.counterfactual) words.push("against");
  if (map.layer !== undefined && map.layer !== defaultLayer) words.push(map.layer);
  return `${[...words, label].join(" ").replace(/[^\p{L}\p{N}.]+/gu, "-")}.${kind}`;
}

/** The question of the page. Of a class that is not among the answers, the network did not say it. */
export function question(isAnswer: boolean): string {
  return isAnswer ? "What made it say" : "What would speak for";
}

/** How much of the photo the network was shown. */
export function seen({ x, y, width, height }: View, photo: { readonly width: number; readonly height: number }): string {
  const size = `${photo.width}×${photo.height}`;
  if (width === photo.width && height === photo.height) return `seen: all of ${size}`;
  return `seen: ${pixels(width)}×${pixels(height)} at ${pixels(x)}, ${pixels(y)} of ${size}`;
}

/** Three digits that matter: 0.623, 12.4, 0.00123. */
export function number(value: number): string {
  return String(Number(value.toPrecision(3))).replace(/^-/, "−");
}

/** With a space that does not break. */
export function percent(probability: number): string {
  return probability < 0.001 ? "< 0.1\u00a0%" : `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}\u00a0%`;
}

/** A correlation, with a minus as long as a plus. */
export function correlation(value: number): string {
  return value.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function pixels(length: number): string {
  return String(Math.round(length));
}

/** An error as a sentence of the page. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/[.\s]*$/, ".");
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof CandlingError && codes.includes(error.code);
}
