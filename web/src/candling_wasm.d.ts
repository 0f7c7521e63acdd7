/**
 * The wasm façade as TypeScript sees it.
 *
 * `crates/wasm` is built by wasm-bindgen (`--target web`) into `www/lib/candling_wasm.js`; its generated declarations know
 * plain objects only as `any`. This file stands where that module stands beside the built worker and is the one place
 * where its shapes are written down. Every function throws a real `Error` with a kebab-case `code` and a lowercase message.
 */
import type { EngineInfo, Fit, Method, Prediction, View } from "./protocol.js";

/** Fetches and compiles the `.wasm`; resolves with its exports. To be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<{
  readonly memory: WebAssembly.Memory;
}>;

/** Reads the header of an encoded picture, never its pixels: a 60000×60000 claim costs nothing. */
export function probe(bytes: Uint8Array): { format: string; width: number; height: number };

/** One model, parsed and validated. */
export class Engine {
  constructor(model: Uint8Array);
  info(): EngineInfo;
  labels(): string[];
  /** `"282"`, `"tabby"` or an unambiguous part of a label → class index. */
  findClass(query: string): number;
  /** Photo (RGBA8, straight alpha; laid over white) → input tensor. */
  prepare(rgba: Uint8Array, width: number, height: number, fit: Fit): Prepared;
  /** A ready 1×3×height×width tensor instead of a photo. */
  prepareTensor(data: Float32Array, height: number, width: number): Prepared;
  /** One forward pass; what the backward walks need stays in the `Run`. */
  forward(input: Prepared): Run;
  free(): void;
}

export class Prepared {
  private constructor();
  readonly view: View;
  free(): void;
}

export class Run {
  private constructor();
  predictions(top: number): Prediction[];
  logits(): Float32Array;
  explain(
    method: Method,
    target: number,
    over: number | undefined,
    layer: string | undefined,
    counterfactual: boolean,
  ): Explanation;
  free(): void;
}

export class Explanation {
  private constructor();
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly max: number;
  readonly layer: string | undefined;
  /** `channels·height·width` raw values, channel by channel. */
  data(): Float32Array;
  free(): void;
}

/** A map as RGBA8 of `outWidth`×`outHeight`: colours over bilinear upsampling for one channel, grey = 0 for three. */
export function render(
  data: Float32Array,
  channels: number,
  height: number,
  width: number,
  outWidth: number,
  outHeight: number,
  colormap: string,
  opacity: number,
): Uint8ClampedArray;

/** Names that `render` takes for `colormap`. */
export function colormaps(): string[];
