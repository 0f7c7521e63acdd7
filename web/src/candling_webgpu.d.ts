/**
 * TypeScript interface of the WebGPU engine: `crates/wasm-webgpu`, built into `www/lib/webgpu`. As with
 * `candling_wasm.d.ts`, every failure is a real `Error` with a kebab-case `code`.
 */
import type { Explanation } from "./candling_wasm.js";
import type { Method } from "./protocol.js";

/** Fetches and compiles the `.wasm`. Must be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<{
  readonly memory: WebAssembly.Memory;
}>;

/** A model on the fastest GPU that the browser offers. */
export class Engine {
  private constructor();
  /** Loads a model from `candling_wasm`'s `Unpacked`. Fails with `backend-unavailable` without a GPU. */
  static create(graph: Uint8Array, weights: Float32Array): Promise<Engine>;
  /** Forward pass of a 1×3×height×width tensor; what backward passes need stays in the `Run`. */
  forward(data: Float32Array, height: number, width: number): Promise<Run>;
  /** Forward pass that keeps only what CAMs at one layer need; without a name, at the default layer. */
  forwardTo(data: Float32Array, height: number, width: number, layer: string | undefined): Promise<Run>;
  free(): void;
}

export class Run {
  private constructor();
  logits(): Float32Array;
  explain(
    method: Method,
    target: number,
    over: number | undefined,
    layer: string | undefined,
    counterfactual: boolean,
  ): Promise<Explanation>;
  free(): void;
}
