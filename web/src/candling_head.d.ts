/**
 * The wasm façade of training and judging as TypeScript sees it: `crates/wasm-head`, built into `www/lib/head`. As with
 * `candling_wasm.d.ts`, every failure is a real `Error` with a kebab-case `code`.
 */

/** Fetches and compiles the `.wasm`. To be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<unknown>;

/** A linear layer that was trained. */
export class Head {
  private constructor();
  /** classes·width values, class after class. */
  weight(): Float32Array;
  /** One a class. */
  bias(): Float32Array;
  /** One score a class. */
  logits(features: Float32Array): Float32Array;
  free(): void;
}

/** `features` are `labels.length`·`width` values, photo after photo; `watch` is told after every step, and ends the training by throwing. */
export function train(
  features: Float32Array,
  labels: Uint32Array,
  classes: number,
  width: number,
  watch: (step: number, of: number, loss: number, accuracy: number) => void,
): Head;

/** For each example 1 if it is held out, of every class the `share`. */
export function split(labels: Uint32Array, share: number, seed: number): Uint8Array;

/** The share of a map's evidence inside a mask (0 or 1, row by row); `view` is the part of the mask that the network saw: left, top, width,
 *  height. */
export function evidenceShare(
  map: Float32Array,
  height: number,
  width: number,
  mask: Uint8Array,
  maskHeight: number,
  maskWidth: number,
  view: Float64Array,
): number | undefined;

/** A mean, and how far it can be trusted. */
export class Mean {
  private constructor();
  readonly mean: number;
  readonly count: number;
  /** Low and high; undefined where there is no interval. */
  interval(): Float64Array | undefined;
  /** As reports have it. */
  words(): string;
  free(): void;
}

/** The share of right answers, and the mean of shares of evidence; undefined of none. */
export function meanOfAnswers(right: number, of: number): Mean | undefined;
export function meanOfShares(values: Float64Array, seed: number): Mean | undefined;

/** What the intervals are, in sentences. */
export function intervalWords(): string[];

/** Files below a folder, and what they begin with: `heads` one behind the other, each up to its place in `ends`; `failed` why a file could not be read, empty
 *  where it could; `also` names of formats that this browser reads beside those that are read everywhere. */
export class Listing {
  constructor(
    files: readonly string[],
    folders: readonly string[],
    heads: Uint8Array,
    ends: Uint32Array,
    failed: readonly string[],
    also: readonly string[],
  );
  /** JSON of a `SortedFolder`. */
  sorted(oneClass?: string): string;
  /** JSON of `Pairs`. */
  pairs(photos: readonly string[], beside: boolean, folder: string): string;
  free(): void;
}

/** Whether an entry of this name is passed over with all that is in it. */
export function isPassedOver(name: string): boolean;

/** So many of a file's first bytes tell what it is. */
export function headBytes(): number;

/** Why names cannot be those of a model's classes. */
export function badNames(names: readonly string[]): string | undefined;

/** The line on masks, and the lines on photos, model and measure, of every report. */
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

/** Which pixels are inside. */
export class Mask {
  private constructor();
  readonly width: number;
  readonly height: number;
  /** By which rule that was told, as `maskWords` takes it. */
  rule(): string;
  /** 1 inside and 0 outside, row by row. Leaves none behind. */
  inside(): Uint8Array<ArrayBuffer>;
  free(): void;
}

export function isPng(file: Uint8Array): boolean;
export function maskOfPng(file: Uint8Array, value: number | undefined): Mask;
/** Of another file, of which the browser made these pixels, RGBA. */
export function maskOfPixels(
  file: Uint8Array,
  width: number,
  height: number,
  rgba: Uint8Array | Uint8ClampedArray,
  value: number | undefined,
): Mask;

/** Whether a mask is of another size than its photo; throws where its proportions are others. */
export function isScaled(width: number, height: number, photoWidth: number, photoHeight: number): boolean;

/** The model file with another head. */
export function withHead(
  model: Uint8Array,
  name: string,
  labels: readonly string[],
  weight: Float32Array,
  bias: Float32Array,
): Uint8Array<ArrayBuffer>;
