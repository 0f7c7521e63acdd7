import {
  type Answer,
  codes,
  type Method,
  type OcclusionProgress,
  type Perturbed,
  type Prediction,
  type RunAnswer,
  type RunTimings,
  type Target,
  type View,
} from "../protocol.js";
import { type Access, workersOf } from "./access.js";
import type { Bridge } from "./bridge.js";
import { check, checkOptions, checkTarget } from "./check.js";
import { CandlingError } from "./error.js";
import { Explanation } from "./explanation.js";
import { occlude } from "./occlusion.js";
import { perturb, type PerturbOptions } from "./perturb.js";
import type { Pool } from "./pool.js";

export interface ExplainOptions {
  readonly method: Method;
  /** The top class where left out. */
  readonly target?: Target;
  /** Name of a layer (`candling.info.layers`); the last convolution where left out. Only for the CAM methods. */
  readonly layer?: string;
  /** Grad-CAM only: what speaks against the class. */
  readonly counterfactual?: boolean;
  readonly signal?: AbortSignal;
}

export interface OcclusionOptions {
  /** The top class where left out. */
  readonly target?: Target;
  /** Side of the square that is covered, in pixels of the network's input; 32 where left out. */
  readonly patch?: number;
  /** From one position to the next, in pixels of the input; half of `patch` where left out, and at most `patch`. */
  readonly stride?: number;
  /** What every channel of the normalised input is under the patch; 0, a middle grey, where left out. */
  readonly baseline?: number;
  /** How many workers share the positions; one per processor core where left out, up to 8. Each takes some 60 MB. */
  readonly workers?: number;
  /** Told of the positions as they are done, from 0 to all of them. */
  readonly onProgress?: (progress: OcclusionProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * A photo after its forward pass.
 *
 * It holds every activation of the network (some 30 MB) in the worker until `free()`; the garbage collector does not see
 * that memory.
 */
export class Run {
  readonly #bridge: Bridge;
  readonly #pool: Pool;
  readonly #handle: number;
  readonly #generation: number;
  #photo: ImageBitmap | undefined;
  #freed = false;
  /** All classes, best first. */
  readonly predictions: readonly Prediction[];
  /** The raw score of each class, by index. */
  readonly logits: Float32Array;
  /** Size of the photo, upright; of the input, after `runTensor`. */
  readonly width: number;
  readonly height: number;
  /** Size of the network's input. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly view: View;
  readonly timings: RunTimings;

  /** @internal */
  constructor(
    bridge: Bridge,
    pool: Pool,
    answer: RunAnswer,
    size: { readonly width: number; readonly height: number },
    photo: ImageBitmap | undefined,
  ) {
    this.#bridge = bridge;
    this.#pool = pool;
    this.#handle = answer.run;
    this.#generation = bridge.generation;
    this.#photo = photo;
    this.predictions = answer.predictions;
    this.logits = answer.logits;
    this.width = size.width;
    this.height = size.height;
    this.inputWidth = answer.inputWidth;
    this.inputHeight = answer.inputHeight;
    this.view = answer.view;
    this.timings = answer.timings;
  }

  /** The photo, upright. Undefined after `runTensor`, and once freed. */
  get photo(): ImageBitmap | undefined {
    return this.#photo;
  }

  get freed(): boolean {
    return this.#freed;
  }

  /** A backward pass on the kept activations: no second forward pass, whatever the class, layer and method. */
  async explain(options: ExplainOptions): Promise<Explanation> {
    checkOptions("explain", options);
    const { method, target, layer, counterfactual = false, signal } = options;
    check(typeof method === "string", "explain: method", 'the name of one, such as "grad-cam"', method);
    if (target !== undefined) checkTarget("explain", target);
    check(layer === undefined || typeof layer === "string", "explain: layer", "the name of one in candling.info.layers", layer);
    check(typeof counterfactual === "boolean", "explain: counterfactual", "true or false", counterfactual);
    if (this.#freed) throw freed();
    const answer = await this.#bridge.call(
      "explain",
      {
        run: this.#handle,
        method,
        counterfactual,
        ...(target === undefined ? {} : { target }),
        ...(layer === undefined ? {} : { layer }),
      },
      { signal, generation: this.#generation },
    );
    return new Explanation(this.#bridge, this, method, counterfactual, answer);
  }

  /**
   * How far the target's score falls when a grey square covers the photo there (Zeiler & Fergus 2013, figure 7): positive where
   * the covered part speaks for the target, negative where it speaks against it, in units of the logit. A forward pass for each
   * position, shared by a pool of workers that is started for it; any number of them gives the same bits.
   */
  async occlusion(options: OcclusionOptions = {}): Promise<Explanation> {
    checkOptions("occlusion", options);
    const { target, patch = 32, baseline = 0, onProgress = () => {}, signal } = options;
    checkPixels("occlusion: patch", patch);
    const { stride = Math.max(1, Math.floor(patch / 2)) } = options;
    const workers = workersOf("occlusion", options.workers);
    checkPixels("occlusion: stride", stride);
    check(typeof baseline === "number", "occlusion: baseline", "a number", baseline);
    check(typeof onProgress === "function", "occlusion: onProgress", "a function", onProgress);
    if (target !== undefined) checkTarget("occlusion", target);
    if (this.#freed) throw freed();
    const plan = await this.#bridge.call(
      "occlusion",
      { run: this.#handle, how: { patch, stride, baseline }, ...(target === undefined ? {} : { target }) },
      { signal, generation: this.#generation },
    );
    const start = performance.now();
    const data = await occlude(this.#pool, plan, { workers, onProgress, signal });
    const { rows, columns, job, area } = plan;
    return new Explanation(this.#bridge, this, "occlusion", false, {
      data,
      channels: 1,
      height: rows,
      width: columns,
      max: data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
      target: job.target,
      timings: { backward: 0, forwards: performance.now() - start },
    }, partOf(this.view, area, job));
  }

  /** What the network says of the photo without some of its pixels: one forward pass, of which nothing is kept. */
  async perturb(options: PerturbOptions): Promise<Perturbed> {
    return perturb(this.#access(), options);
  }

  /** Frees the activations and the photo. Explanations asked for before this still come; later ones fail (`"run-freed"`).
   *  A second call does nothing. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#photo?.close();
    this.#photo = undefined;
    // A closed or crashed worker has freed it already.
    this.#bridge.call("free", { run: this.#handle }, { generation: this.#generation }).catch(() => {});
  }

  #access(): Access {
    if (this.#freed) throw freed();
    return { run: this, bridge: this.#bridge, pool: this.#pool, handle: this.#handle, generation: this.#generation };
  }
}

/** A part of the input, in pixels of the photo. */
function partOf(
  view: View,
  [left, top, across, down]: Answer<"occlusion">["area"],
  input: { readonly width: number; readonly height: number },
): View {
  const [perColumn, perRow] = [view.width / input.width, view.height / input.height];
  return {
    x: view.x + left * perColumn,
    y: view.y + top * perRow,
    width: across * perColumn,
    height: down * perRow,
  };
}

function checkPixels(what: string, given: unknown): void {
  check(Number.isInteger(given) && Number(given) > 0 && Number(given) < 2 ** 31, what, "a whole number of pixels, 1 or more", given);
}

function freed(): CandlingError {
  return new CandlingError({ code: codes.runFreed, message: "this run was freed; run the photo again" });
}
