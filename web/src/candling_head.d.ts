/**
 * The interface of the wasm module that trains and evaluates heads: `crates/wasm-head`, built into
 * `www/lib/head`. As with `candling_wasm.d.ts`, every failure is a real `Error` with a kebab-case `code`.
 */

/** Fetches and compiles the `.wasm`. Must be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<unknown>;

/** A trained linear layer. */
export class Head {
  private constructor();
  /** Weights, classes·width values, class after class. */
  weight(): Float32Array;
  /** Biases, one per class. */
  bias(): Float32Array;
  /** Returns the logits, one per class. */
  logits(features: Float32Array): Float32Array;
  free(): void;
}

/**
 * Trains a head. `features` are `labels.length`·`width` values, photo after photo; `watch` is called after
 * every step, and stops the training by throwing.
 */
export function train(
  features: Float32Array,
  labels: Uint32Array,
  classes: number,
  width: number,
  watch: (step: number, of: number, loss: number, accuracy: number) => void,
): Head;

/** Returns 1 for each example that is held out, the `share` of every class. */
export function split(labels: Uint32Array, share: number, seed: number): Uint8Array;

/**
 * The share of a map's evidence inside a mask (energy-based pointing game). The mask is 0 or 1, row by row;
 * `view` is the part of it that the network saw: left, top, width, height.
 */
export function evidenceShare(
  map: Float32Array,
  height: number,
  width: number,
  mask: Uint8Array,
  maskHeight: number,
  maskWidth: number,
  view: Float64Array,
): number | undefined;

/** A mean with its confidence interval. */
export class Mean {
  private constructor();
  readonly mean: number;
  readonly count: number;
  /** Lower and upper bound; undefined if there is no interval. */
  interval(): Float64Array | undefined;
  /** The text for reports. */
  words(): string;
  free(): void;
}

/** The share of right answers, and the mean of shares of evidence; undefined without values. */
export function meanOfAnswers(right: number, of: number): Mean | undefined;
export function meanOfShares(values: Float64Array, seed: number): Mean | undefined;

/** The explanations of the intervals, in sentences. */
export function intervalWords(): string[];

/**
 * Files below a folder, with their first bytes: `heads`, concatenated, each up to its position in `ends`;
 * `failed` is why a file could not be read, empty if it could; `also` are names of formats that this browser
 * reads beside those that are read everywhere.
 */
export class Listing {
  constructor(
    files: readonly string[],
    folders: readonly string[],
    heads: Uint8Array,
    ends: Uint32Array,
    failed: readonly string[],
    also: readonly string[],
  );
  /** Returns a `SortedFolder` as JSON. */
  sorted(oneClass?: string): string;
  /** Returns `Pairs` as JSON. */
  pairs(photos: readonly string[], beside: boolean, folder: string): string;
  free(): void;
}

/** Whether an entry of this name is left out with everything in it. */
export function isPassedOver(name: string): boolean;

/** Number of first bytes of a file from which its format is recognised. */
export function headBytes(): number;

/** Why names cannot be the classes of a model. */
export function badNames(names: readonly string[]): string | undefined;

/** The line on masks, and the lines on photos, model and measurement, in reports. */
export function maskWords(
  photos: readonly string[],
  outcomes: readonly string[],
  unused: readonly string[],
): string;
export function basisWords(
  found: number,
  failed: number,
  leftOut: number,
  model: string,
  sha256: string,
  layer: string,
): string[];

/** A mask: which pixels are inside. */
export class Mask {
  private constructor();
  readonly width: number;
  readonly height: number;
  /** The rule that decided it, in the form that `maskWords` takes. */
  rule(): string;
  /** Takes the pixels out: 1 inside and 0 outside, row by row. */
  inside(): Uint8Array<ArrayBuffer>;
  free(): void;
}

export function isPng(file: Uint8Array): boolean;
export function maskOfPng(file: Uint8Array, value: number | undefined): Mask;
/** The mask in any other file, which the browser decoded to these pixels, RGBA. */
export function maskOfPixels(
  file: Uint8Array,
  width: number,
  height: number,
  rgba: Uint8Array | Uint8ClampedArray,
  value: number | undefined,
): Mask;

/** Whether a mask has another size than its photo; throws if its proportions differ. */
export function isScaled(width: number, height: number, photoWidth: number, photoHeight: number): boolean;

/** The model file with another head. */
export function withHead(
  model: Uint8Array,
  name: string,
  labels: readonly string[],
  weight: Float32Array,
  bias: Float32Array,
): Uint8Array<ArrayBuffer>;
