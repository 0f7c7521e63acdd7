/**
 * The wasm façade as TypeScript sees it.
 *
 * `crates/wasm` is built by wasm-bindgen (`--target web`) into `www/lib/candling_wasm.js`; its generated declarations know
 * plain objects only as `any`. This file stands where that module stands beside the built worker and is the one place
 * where its shapes are written down. Every function throws a real `Error` with a kebab-case `code` and a lowercase message.
 */
import type { EngineInfo, Fill, Fit, Method, Prediction, View } from "./protocol.js";

/** Fetches and compiles the `.wasm`; resolves with its exports. To be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<{
  readonly memory: WebAssembly.Memory;
}>;

/** Starts so many workers, which share the memory of this one. Only in the build with threads. */
export const initThreadPool: ((threads: number) => Promise<void>) | undefined;

/** On how many threads the last forward pass was: 1 where those there are make it slower, or there are none. */
export function threadsUsed(): number;

/** Reads the header of an encoded picture, never its pixels: a 60000×60000 claim costs nothing. */
export function probe(bytes: Uint8Array): { format: string; width: number; height: number };

/** One model, parsed and validated. */
export class Engine {
  constructor(model: Uint8Array);
  info(): EngineInfo;
  labels(): string[];
  /** `"282"`, `"tabby"` or an unambiguous part of a label → class index. */
  findClass(query: string): number;
  /** The likeliest classes by logits that were computed elsewhere. */
  predictions(logits: Float32Array, top: number): Prediction[];
  /** Photo (RGBA8, straight alpha; laid over white) → input tensor. */
  prepare(rgba: Uint8Array, width: number, height: number, fit: Fit): Prepared;
  /** A ready 1×3×height×width tensor instead of a photo. */
  prepareTensor(data: Float32Array, height: number, width: number): Prepared;
  /** One forward pass; what the backward walks need stays in the `Run`. */
  forward(input: Prepared): Run;
  /** One forward pass of which only what CAMs at one layer need stays; without a name, the model's own choice. */
  forwardTo(input: Prepared, layer: string | undefined): Run;
  /** The passes of a method that is made of many; `over` makes the target a margin, and options that are not named are as the method has
   *  them. Nothing is run yet. */
  mapPasses(
    input: Prepared,
    method: Method,
    target: number,
    over: number | undefined,
    options: readonly string[],
    values: Float64Array,
  ): Passes;
  /** The passes of the curves of one class, by these orders of the tiles, one after the other. Nothing is run yet. */
  curvePasses(input: Prepared, target: number, tile: number, orders: Uint32Array): Passes;
  free(): void;
}

export class Prepared {
  private constructor();
  readonly view: View;
  /** The input tensor, 1×3×height×width. */
  tensor(): Float32Array;
  /** The pixels that it is made of, RGBA of its size; none for a tensor that was ready. */
  seen(): Uint8Array<ArrayBuffer>;
  /** Its height and width. */
  size(): Uint32Array;
  free(): void;
}

/** A model's graph and weights, for the module that brings them to a graphics card and reads no model files. */
export class Unpacked {
  constructor(model: Uint8Array);
  graph(): Uint8Array;
  /** Only once. */
  weights(): Float32Array;
  free(): void;
}

export class Run {
  private constructor();
  predictions(top: number): Prediction[];
  logits(): Float32Array;
  /** What the classifier sees. */
  features(): Float32Array;
  /** The input tensor that ran, 1×3×height×width. */
  input(): Float32Array;
  /** Its height and width. */
  inputSize(): Uint32Array;
  explain(
    method: Method,
    target: number,
    over: number | undefined,
    layer: string | undefined,
    counterfactual: boolean,
  ): Explanation;
  /** A forward pass without the pixels that `mask` (height·width values, row by row) is not 0 at. */
  perturb(mask: Uint8Array, fill: Fill): Perturbed;
  /** The input explained by a network whose first layers of `EngineInfo.weighted` are drawn anew. */
  randomized(
    layers: number,
    target: number,
    over: number | undefined,
    methods: readonly Method[],
    layer: string | undefined,
    seed: number,
  ): Randomized;
  /** The exact identities that apply to the model; a residual that is no number comes as `null`. */
  identities(
    target: number,
    over: number | undefined,
  ): { name: string; residual: number | null; bound: number; layer: string | null }[];
  free(): void;
}

/** What the network says of a changed picture, by class. */
export class Perturbed {
  private constructor();
  logits(): Float32Array;
  probabilities(): Float32Array;
  free(): void;
}

/** What a network with weights drawn anew says, and how. */
export class Randomized {
  private constructor();
  /** Names of the layers that were drawn anew. */
  layers(): string[];
  readonly probability: number;
  /** The map of the method with this index; only once. */
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
  /** The part of the input that it lies on: left, top, width, height. */
  readonly area: Float64Array;
  /** `channels·height·width` raw values, channel by channel. */
  data(): Float32Array;
  free(): void;
}

/** The tiles of an input, those that a map holds for most important first; `area` is where the map lies on the input. */
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

/** A probability over the share of the picture that was taken away or given back. */
interface Curve {
  shares: number[];
  probabilities: number[];
  area: number;
}

/** The orders of the tiles that a map with this ranking is compared with, its own first, one after the other. */
export function tileOrders(
  height: number,
  width: number,
  tile: number,
  ranking: Uint32Array,
  random: number,
): Uint32Array;

/** Many passes about one picture, ready for any of them. */
export class Passes {
  private constructor();
  /** How many there are. */
  readonly pieces: number;
  /** The values of the passes from `start` up to but not `end`. */
  run(start: number, end: number): Float32Array;
  /** What the values of all passes come to: an `Explanation` of `mapPasses`, curves of `curvePasses`. */
  finish(values: Float32Array): Explanation | Record<"deletion" | "insertion", { map: Curve; random: Curve }>;
  free(): void;
}

/** A map as RGBA8 of `outWidth`×`outHeight`: colours over bilinear upsampling for one channel, grey = 0 for three. `scale` gets the
 *  last colour; the map's own maximum where left out. `seen` is what the network saw, RGBA of its input's size, and `area` where the map
 *  lies on it; both empty where nobody knows. */
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

/** Names that `render` takes for `colormap`. */
export function colormaps(): string[];
