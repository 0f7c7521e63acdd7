/**
 * The wasm façade of the engine for graphics cards as TypeScript sees it: `crates/wasm-webgpu`, built into `www/lib/webgpu`. As with
 * `candling_wasm.d.ts`, every failure is a real `Error` with a kebab-case `code`.
 */
import type { Explanation } from "./candling_wasm.js";
import type { Method } from "./protocol.js";

/** Fetches and compiles the `.wasm`. To be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<{
  readonly memory: WebAssembly.Memory;
}>;

/** One model, on the fastest card that the browser gives. */
export class Engine {
  private constructor();
  /** From what `candling_wasm`'s `Unpacked` holds. Fails with `backend-unavailable` where there is no card. */
  static create(graph: Uint8Array, weights: Float32Array): Promise<Engine>;
  /** One forward pass of a 1×3×height×width tensor; what the backward walks need stays in the `Run`. */
  forward(data: Float32Array, height: number, width: number): Promise<Run>;
  /** One forward pass of which only what CAMs at one layer need stays; without a name, the model's own choice. */
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
