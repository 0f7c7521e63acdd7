import { MANY_PASSES } from "../catalogue.js";
import {
  type Backend,
  codes,
  type Curves,
  type Identity,
  type Method,
  type MethodOptions,
  type Perturbed,
  type Prediction,
  type RunAnswer,
  type RunTimings,
  type Target,
  type View,
} from "../protocol.js";
import type { Access } from "./access.js";
import type { Bridge } from "./bridge.js";
import { check, checkOptions, checkTarget } from "./check.js";
import { curves, type CurvesOptions } from "./curves.js";
import { CandlingError } from "./error.js";
import { Explanation } from "./explanation.js";
import { identities, type IdentitiesOptions } from "./identities.js";
import { occlusion, type OcclusionOptions } from "./occlusion.js";
import { checkMethodOptions, mapOf, type PassesOptions } from "./passes.js";
import { perturb, type PerturbOptions } from "./perturb.js";
import type { Pool } from "./pool.js";
import { type Randomized, randomized, type RandomizedOptions } from "./randomized.js";

export interface ExplainOptions extends PassesOptions {
  readonly method: Method;
  /** Default: the top class. */
  readonly target?: Target;
  /** Name of a layer (`candling.info.layers`), for the CAM methods. Default: the model's `defaultLayer`. */
  readonly layer?: string;
  /** Grad-CAM only: explains what speaks against the class. */
  readonly counterfactual?: boolean;
  /**
   * Numeric options of the method, as `candling.info.methods` names them; those left out have their defaults.
   */
  readonly options?: MethodOptions;
}

/** The location of a run: its worker and handle. */
interface RunLocation {
  readonly bridge: Bridge;
  readonly handle: number;
  readonly generation: number;
}

/**
 * Frees runs that were garbage collected. That happens late, as the collector does not know the worker's
 * memory.
 */
const unreachable = new FinalizationRegistry<RunLocation>(freeInWorker);

/**
 * A photo after its forward pass.
 *
 * It holds every activation of the network (some 30 MB) in the worker until `free()`. Of runs that were not
 * freed, only about the nine most recently used keep theirs: an older one takes another forward pass when it
 * is used again. The photo's pixels stay in any case.
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
  /** Size of the photo, upright; of the input after `runTensor`. */
  readonly width: number;
  readonly height: number;
  /** Size of the network's input. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly view: View;
  /** The pixels of the input, RGBA; undefined after `runTensor`. */
  readonly seen: Uint8Array | undefined;
  /** The backend that computed it. */
  readonly backend: Backend;
  readonly timings: RunTimings;
  /**
   * Defects in spite of which the photo was read, in words: a part is missing, or its colour profile was
   * ignored. Usually none.
   */
  readonly notes: readonly string[];

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
    this.seen = answer.seen;
    this.backend = answer.backend;
    this.timings = answer.timings;
    this.notes = answer.notes ?? [];
    unreachable.register(this, this.#location, this);
  }

  /** The photo, upright. Undefined after `runTensor`, and once freed. */
  get photo(): ImageBitmap | undefined {
    return this.#photo;
  }

  get freed(): boolean {
    return this.#freed;
  }

  /**
   * A backward pass on the kept activations: no second forward pass, whatever the class and layer. Methods
   * that take many forward passes (`passes` in `candling.info.methods`) have them shared by a pool of
   * workers, like `occlusion`.
   */
  async explain(options: ExplainOptions): Promise<Explanation> {
    checkOptions("explain", options);
    const { method, target, layer, counterfactual = false, options: set = {}, signal } = options;
    check(typeof method === "string", "explain: method", 'the name of one, such as "grad-cam"', method);
    if (target !== undefined) checkTarget("explain", target);
    check(
      layer === undefined || typeof layer === "string",
      "explain: layer",
      "the name of one in candling.info.layers",
      layer,
    );
    check(typeof counterfactual === "boolean", "explain: counterfactual", "true or false", counterfactual);
    checkMethodOptions("explain", set);
    if (this.#freed) throw freed();
    const isMany = MANY_PASSES.includes(method);
    const hasOptions = Object.keys(set).length > 0;
    check(isMany || !hasOptions, "explain: options", `left out with ${method}, which has none`, set);
    // the engine refuses arguments that a method of many passes does not take
    if (isMany && layer === undefined && !counterfactual)
      return mapOf("explain", this.#access(), { method, target, options: set }, options);
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
   * Occlusion map: how far the target's score falls when a grey square covers the photo there (Zeiler &
   * Fergus 2013, figure 7): positive where the covered part speaks for the target, negative where it speaks
   * against it, in units of the logit. Takes a forward pass for each position, shared by a pool of workers;
   * any number of them gives the same bits.
   */
  async occlusion(options: OcclusionOptions = {}): Promise<Explanation> {
    return occlusion(this.#access(), options);
  }

  /**
   * The output of the layer before the classifier, for models that end in a linear layer: features for
   * another classifier.
   */
  async features(): Promise<Float32Array> {
    const { bridge, handle, generation } = this.#access();
    return bridge.call("features", { run: handle }, { generation });
  }

  /**
   * The network's answer for the photo without some of its pixels: one forward pass, of which nothing is
   * kept.
   */
  async perturb(options: PerturbOptions): Promise<Perturbed> {
    return perturb(this.#access(), options);
  }

  /**
   * Deletion and insertion curves: how the probability of a map's class falls while the photo is removed tile
   * by tile, and rises while a blurred photo is restored, in the map's order of the tiles and in random ones
   * (Petsiuk et al. 2018). About 220 forward passes, shared by the same pool of workers as occlusion maps.
   */
  async curves(options: CurvesOptions): Promise<Curves> {
    return curves(this.#access(), options);
  }

  /**
   * Explains the photo by a network whose first layers, from the output down, have lost what they learnt:
   * they get new random weights, at the scale of the trained ones (Adebayo et al. 2018, cascading
   * randomisation). A method whose map stays the same does not explain the network. The random weights are
   * kept for the next call with the same seed, until the run is freed.
   */
  async randomized(options: RandomizedOptions): Promise<Randomized> {
    return randomized(this.#access(), options);
  }

  /**
   * Checks the CPU engine, as it runs here, by identities that must hold exactly for these weights, this
   * photo and this target, up to rounding: an identity is broken unless `residual <= bound`. Identities that
   * do not apply to the model are left out.
   */
  async identities(options: IdentitiesOptions = {}): Promise<readonly Identity[]> {
    return identities(this.#access(), options);
  }

  /**
   * Frees the activations and the photo. Pending explanations still arrive; later ones fail (`"run-freed"`).
   * A second call does nothing.
   */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#photo?.close();
    this.#photo = undefined;
    unreachable.unregister(this);
    freeInWorker(this.#location);
  }

  get #location(): RunLocation {
    return { bridge: this.#bridge, handle: this.#handle, generation: this.#generation };
  }

  #access(): Access {
    if (this.#freed) throw freed();
    return {
      run: this,
      bridge: this.#bridge,
      pool: this.#pool,
      handle: this.#handle,
      generation: this.#generation,
    };
  }
}

function freeInWorker({ bridge, handle, generation }: RunLocation): void {
  // a closed or crashed worker has freed it already
  bridge.call("free", { run: handle }, { generation }).catch(() => {});
}

function freed(): CandlingError {
  return new CandlingError({ code: codes.runFreed, message: "this run was freed; run the photo again" });
}
