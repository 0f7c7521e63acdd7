/**
 * TypeScript interface of the wasm engine.
 *
 * `crates/wasm` is built by wasm-bindgen (`--target web`); its generated declarations describe plain objects
 * only as `any`. This file takes the place of the module beside the built worker, and is the only description
 * of its types. Every function throws a real `Error` with a kebab-case `code` and a lowercase message.
 */
import type { EngineInfo, Fill, Fit, Method, Prediction, View } from "./protocol.js";

/** Fetches and compiles the `.wasm`; resolves with its exports. Must be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<{
  readonly memory: WebAssembly.Memory;
}>;

/** Starts this many workers, which share the memory of this one. Only in the build with threads. */
export const initThreadPool: ((threads: number) => Promise<void>) | undefined;

/** Threads used by the last forward pass: 1 if more would make it slower, or there are none. */
export function threadsUsed(): number;

/**
 * Reads the header of an encoded picture, never its pixels: one that claims 60000×60000 pixels costs nothing.
 */
export function probe(bytes: Uint8Array): { format: string; width: number; height: number };

/** A model, parsed and validated. */
export class Engine {
  constructor(model: Uint8Array);
  info(): EngineInfo;
  labels(): string[];
  /** Class index of `"282"`, `"tabby"` or an unambiguous part of a label. */
  findClass(query: string): number;
  /** The likeliest classes by logits that were computed elsewhere. */
  predictions(logits: Float32Array, top: number): Prediction[];
  /** Input tensor of a photo (RGBA8, straight alpha; composited over white). */
  prepare(rgba: Uint8Array, width: number, height: number, fit: Fit): Prepared;
  /** Input from a ready 1×3×height×width tensor instead of a photo. */
  prepareTensor(data: Float32Array, height: number, width: number): Prepared;
  /** Forward pass; what backward passes need stays in the `Run`. */
  forward(input: Prepared): Run;
  /** Forward pass that keeps only what CAMs at one layer need; without a name, at the default layer. */
  forwardTo(input: Prepared, layer: string | undefined): Run;
  /**
   * Passes of a method that takes many; `over` makes the target a margin, and options that are not named have
   * their defaults. Runs nothing yet.
   */
  mapPasses(
    input: Prepared,
    method: Method,
    target: number,
    over: number | undefined,
    options: readonly string[],
    values: Float64Array,
  ): Passes;
  /** Passes of one class's curves, for these concatenated orders of the tiles. Runs nothing yet. */
  curvePasses(input: Prepared, target: number, tile: number, orders: Uint32Array): Passes;
  free(): void;
}

export class Prepared {
  private constructor();
  readonly view: View;
  /** The input tensor, 1×3×height×width. */
  tensor(): Float32Array;
  /** Pixels of the input, RGBA; empty for a ready tensor. */
  seen(): Uint8Array<ArrayBuffer>;
  /** Height and width of the input. */
  size(): Uint32Array;
  free(): void;
}

/** A model's graph and weights, for the WebGPU engine, which reads no model files. */
export class Unpacked {
  constructor(model: Uint8Array);
  graph(): Uint8Array;
  /** Takes the weights out; can be called once. */
  weights(): Float32Array;
  free(): void;
}

export class Run {
  private constructor();
  predictions(top: number): Prediction[];
  logits(): Float32Array;
  /** The classifier's input. */
  features(): Float32Array;
  /** The input tensor that ran, 1×3×height×width. */
  input(): Float32Array;
  /** Height and width of the input. */
  inputSize(): Uint32Array;
  explain(
    method: Method,
    target: number,
    over: number | undefined,
    layer: string | undefined,
    counterfactual: boolean,
  ): Explanation;
  /** Forward pass without the pixels where `mask` (height·width values, row by row) is not 0. */
  perturb(mask: Uint8Array, fill: Fill): Perturbed;
  /**
   * Explanation of the input by a network whose first layers of `EngineInfo.weighted` have new random
   * weights.
   */
  randomized(
    layers: number,
    target: number,
    over: number | undefined,
    methods: readonly Method[],
    layer: string | undefined,
    seed: number,
  ): Randomized;
  /** The exact identities that apply to the model; `residual` is `null` if it is not a number. */
  identities(
    target: number,
    over: number | undefined,
  ): { name: string; residual: number | null; bound: number; layer: string | null }[];
  free(): void;
}

/** The network's answer for an altered picture, by class. */
export class Perturbed {
  private constructor();
  logits(): Float32Array;
  probabilities(): Float32Array;
  free(): void;
}

/** The answer of a network with random weights, and its maps. */
export class Randomized {
  private constructor();
  /** Names of the randomised layers. */
  layers(): string[];
  readonly probability: number;
  /** Takes out the map of the method with this index; can be called once for each. */
  map(method: number): Explanation | undefined;
  correlation(method: number): number | undefined;
  free(): void;
}

export class Explanation {
  private constructor();
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly max: number;
  readonly layer: string | undefined;
  /** Area of the map on the input: left, top, width, height. */
  readonly area: Float64Array;
  /** `channels·height·width` raw values, channel by channel. */
  data(): Float32Array;
  free(): void;
}

/** The tiles of an input, the most important by the map first; `area` is the map's area on the input. */
export function ranking(
  data: Float32Array,
  channels: number,
  height: number,
  width: number,
  area: Float64Array,
  inputHeight: number,
  inputWidth: number,
  tile: number,
): Uint32Array;

/** A probability over the share of the picture that was removed or restored. */
interface Curve {
  shares: number[];
  probabilities: number[];
  area: number;
}

/** The orders of the tiles for the curves, concatenated: the ranking, then random ones. */
export function tileOrders(
  height: number,
  width: number,
  tile: number,
  ranking: Uint32Array,
  random: number,
): Uint32Array;

/** Many passes over one picture. */
export class Passes {
  private constructor();
  /** Number of passes. */
  readonly pieces: number;
  /** The values of the passes from `start` up to but not including `end`. */
  run(start: number, end: number): Float32Array;
  /** The result of all passes: an `Explanation` for `mapPasses`, curves for `curvePasses`. */
  finish(values: Float32Array): Explanation | Record<"deletion" | "insertion", { map: Curve; random: Curve }>;
  free(): void;
}

/**
 * Paints a map as RGBA8 of `outWidth`×`outHeight`: a colormap over bilinear upsampling for one channel, grey
 * = 0 for three. `scale` is the value of the last colour, by default the map's own maximum. `seen` are the
 * pixels that the network saw, RGBA, and `area` is the map's area on them; both empty if unknown.
 */
export function render(
  data: Float32Array,
  channels: number,
  height: number,
  width: number,
  outWidth: number,
  outHeight: number,
  colormap: string,
  opacity: number,
  scale: number | undefined,
  seen: Uint8Array,
  seenWidth: number,
  seenHeight: number,
  area: Float64Array,
): Uint8ClampedArray;

/** Names of the colormaps of `render`. */
export function colormaps(): string[];
