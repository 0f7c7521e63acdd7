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

/** The 95 % interval of a mean, low and high. */
export function interval(values: Float64Array, seed: number): Float64Array | undefined;

/** The model file with another head. */
export function withHead(model: Uint8Array, name: string, labels: readonly string[], weight: Float32Array, bias: Float32Array): Uint8Array<ArrayBuffer>;
