/**
 * A stored run: its input, and the forward pass on the CPU or GPU. What only the CPU can do, or the GPU
 * failed to do, uses a forward pass on the CPU, which is made from the input when it is first needed. So is
 * one whose activations were released to make room (`runs.ts`).
 */
import type { Engine, Explanation, Prepared, Run } from "../candling_wasm.js";
import type { Run as GpuRun } from "../candling_webgpu.js";
import type { Backend, Method, ResolvedTarget } from "../protocol.js";
import { type Gpu, withCpuFallback, withGpuTimeout, freeOnGpu } from "./gpu.js";
import { withWasmObject } from "./failure.js";

/** Height and width of an input, in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** An input tensor, 1×3×height×width, outside the wasm. */
export interface Input extends Size {
  readonly data: Float32Array;
}

/** A forward pass: on the CPU, or on a GPU and then with its input. */
export type Source = Run | { readonly run: GpuRun; readonly of: Gpu; readonly input: Input };

export function inputOf(prepared: Prepared): Input {
  const [height = 0, width = 0] = prepared.size();
  return { data: prepared.tensor(), height, width };
}

export interface Question {
  readonly method: Method;
  readonly target: ResolvedTarget;
  readonly layer?: string | undefined;
  readonly counterfactual: boolean;
}

export class StoredRun {
  /** Size of its input. */
  readonly size: Size;
  /** Index of its best class. */
  readonly top: number;
  /** The GPU that ran it. */
  readonly #of: Gpu | undefined;
  #gpu: GpuRun | undefined;
  #cpu: Run | undefined;
  /**
   * The input outside of the wasm: from the start for a run on a GPU, otherwise once the run was released.
   */
  #input: Input | undefined;
  #failed = false;

  constructor(source: Source, size: Size, top: number) {
    this.size = size;
    if ("of" in source) {
      this.#of = source.of;
      this.#gpu = source.run;
      this.#input = source.input;
    } else {
      this.#cpu = source;
    }
    this.top = top;
  }

  get input(): Input {
    if (this.#input !== undefined) return this.#input;
    return { data: (this.#cpu as Run).input(), ...this.size };
  }

  /** Whether it has its activations, on the CPU or GPU. */
  get isHeld(): boolean {
    return this.#cpu !== undefined || this.#gpu !== undefined;
  }

  /** The run on the CPU. `onForward` is called before another forward pass. */
  cpu(engine: Engine, onForward: () => void): Run {
    if (this.#cpu !== undefined) return this.#cpu;
    const { data, height, width } = this.input;
    onForward();
    this.#cpu = withWasmObject(engine.prepareTensor(data, height, width), (input) => engine.forward(input));
    return this.#cpu;
  }

  /**
   * Explains the run. `onForward` is called before the GPU runs it once more; `onLost` gets the error and the
   * GPU if it failed and the CPU answered.
   */
  async explain(
    { method, target, layer, counterfactual }: Question,
    cpu: () => Run,
    onForward: () => void,
    onLost: (thrown: unknown, of: Gpu) => void,
  ): Promise<{ explanation: Explanation; backend: Backend }> {
    const question = [method, target.class, target.over, layer, counterfactual] as const;
    const onCpu = () => ({ explanation: cpu().explain(...question), backend: "cpu" }) as const;
    const of = this.#of;
    if (of === undefined || this.#failed) return onCpu();
    const onGpu = async () => {
      if (this.#gpu === undefined) {
        const { data, height, width } = this.input;
        onForward();
        this.#gpu = await withGpuTimeout(of.engine.forward(data, height, width));
      }
      return {
        explanation: await withGpuTimeout(this.#gpu.explain(...question)),
        backend: "webgpu",
      } as const;
    };
    return withCpuFallback<{ explanation: Explanation; backend: Backend }>(onGpu, onCpu, (thrown) => {
      this.#failed = true;
      onLost(thrown, of);
    });
  }

  /**
   * Releases the activations, which are recomputed on demand: the input stays, which is a fiftieth of their
   * size.
   */
  letGo(): void {
    this.#input = this.input;
    this.free();
  }

  free(): void {
    this.#cpu?.free();
    this.#cpu = undefined;
    freeOnGpu(this.#gpu);
    this.#gpu = undefined;
  }
}
