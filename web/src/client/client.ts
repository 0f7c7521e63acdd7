import {
  type Answer,
  codes,
  type EngineInfo,
  type ExplainTimings,
  type Fit,
  type Method,
  type Prediction,
  type Progress,
  type ResolvedTarget,
  type RunAnswer,
  type RunTimings,
  type Stats,
  type Target,
  type View,
} from "../protocol.js";
import { Bridge } from "./bridge.js";
import { check, checkOptions } from "./check.js";
import { CandlingError } from "./error.js";
import { type PhotoSource, toPhoto, transferOf } from "./photo.js";

export interface LoadOptions {
  /** Address of the model file; a relative one counts from the page. */
  readonly model: string | URL;
  /** Where the numbers are computed. So far there is one way. */
  readonly backend?: "cpu";
  /** Told of the model's bytes as they come, also when the model is loaded again after a crash. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting ends the download and the worker. */
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** `"squash"` (the default) shows the network the whole photo, `"crop"` the model's own centre square. */
  readonly fit?: Fit;
  readonly signal?: AbortSignal;
}

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

export interface RenderOptions {
  readonly width: number;
  readonly height: number;
  /** One of `candling.colormaps`; used for maps of one channel. */
  readonly colormap: string;
  /** 0 to 1. */
  readonly opacity: number;
  readonly signal?: AbortSignal;
}

/**
 * A loaded model in a worker of its own.
 *
 * Calls are answered in the order in which they were made. Every call fails with a `CandlingError`; one that is aborted
 * fails with the code `"aborted"`, at once, and if it has not begun it never does.
 */
export class Candling {
  readonly #bridge: Bridge;
  readonly info: EngineInfo;
  /** The name of each class, by index. */
  readonly labels: readonly string[];
  /** The colormaps that `paint` knows. */
  readonly colormaps: readonly string[];

  private constructor(bridge: Bridge, { info, labels, colormaps }: Answer<"load">) {
    this.#bridge = bridge;
    this.info = info;
    this.labels = labels;
    this.colormaps = colormaps;
  }

  /** Starts a worker and loads a model into it. */
  static async load(options: LoadOptions): Promise<Candling> {
    checkOptions("load", options);
    const { model, backend = "cpu", onProgress = () => {}, signal } = options;
    check(backend === "cpu", "load: backend", '"cpu"', backend);
    check(typeof onProgress === "function", "load: onProgress", "a function", onProgress);
    const bridge = new Bridge(spawnWorker, addressOf(model), onProgress);
    try {
      return new Candling(bridge, await bridge.load(signal));
    } catch (error) {
      bridge.close();
      throw error;
    }
  }

  /** One forward pass. What it leaves behind serves every later `explain` of this photo. */
  async run(source: PhotoSource, options: RunOptions = {}): Promise<Run> {
    checkOptions("run", options);
    const { fit = "squash", signal } = options;
    check(typeof fit === "string", "run: fit", '"squash" or "crop"', fit);
    const toRun = (answer: Answer<"run">) => new Run(this.#bridge, answer, answer.photo, answer.photo);
    const answer = await this.#bridge.call(
      "run",
      toPhoto(source).then((photo) => ({ photo, fit })),
      {
        transfer: ({ photo }) => transferOf(photo),
        signal,
        discard: (late) => toRun(late).free(),
      },
    );
    return toRun(answer);
  }

  /** As `run`, for an input tensor that is ready: normalised values, shape 1×3×height×width. */
  async runTensor(
    data: Float32Array,
    shape: readonly [batch: 1, channels: 3, height: number, width: number],
    options: Pick<RunOptions, "signal"> = {},
  ): Promise<Run> {
    checkOptions("runTensor", options);
    const { signal } = options;
    check(data instanceof Float32Array, "runTensor: the data", "a Float32Array", data);
    check(Array.isArray(shape), "runTensor: the shape", "[1, 3, height, width]", shape);
    const [batch, channels, height, width] = shape;
    const whole = Number.isInteger(height) && Number.isInteger(width);
    if (!whole || shape.length !== 4 || batch !== 1 || channels !== 3 || data.length !== 3 * height * width) {
      throw new CandlingError({
        code: codes.badArgument,
        message: `runTensor: needs 1×3×height×width values; given shape ${shape.join("×")} and ${data.length} values`,
      });
    }
    const toRun = (answer: Answer<"runTensor">) => new Run(this.#bridge, answer, { width, height }, undefined);
    return toRun(
      await this.#bridge.call("runTensor", { data, height, width }, { signal, discard: (late) => toRun(late).free() }),
    );
  }

  /** `"282"`, `"tabby cat"` or an unambiguous part of a label → class index. The error for an unknown one offers the nearest. */
  async findClass(query: string): Promise<number> {
    check(typeof query === "string", "findClass: the query", "an index, a label or a part of one, as a string", query);
    return this.#bridge.call("findClass", { query });
  }

  /** Counters of the worker, for measuring. */
  stats(): Promise<Stats> {
    return this.#bridge.call("stats", {});
  }

  /** Ends the worker and frees everything in it. Calls that still wait fail with the code `"closed"`. */
  close(): void {
    this.#bridge.close();
  }
}

/**
 * A photo after its forward pass.
 *
 * It holds every activation of the network (some 30 MB) in the worker until `free()`; the garbage collector does not see
 * that memory.
 */
export class Run {
  readonly #bridge: Bridge;
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
  readonly view: View;
  readonly timings: RunTimings;

  /** @internal */
  constructor(
    bridge: Bridge,
    answer: RunAnswer,
    size: { readonly width: number; readonly height: number },
    photo: ImageBitmap | undefined,
  ) {
    this.#bridge = bridge;
    this.#handle = answer.run;
    this.#generation = bridge.generation;
    this.#photo = photo;
    this.predictions = answer.predictions;
    this.logits = answer.logits;
    this.width = size.width;
    this.height = size.height;
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
    if (target !== undefined) checkTarget(target);
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
}

/** A raw map and where it came from. It lives in the page and needs no freeing. */
export class Explanation {
  readonly #bridge: Bridge;
  readonly run: Run;
  readonly method: Method;
  readonly counterfactual: boolean;
  /** Raw, un-normalised: `channels·height·width` values, channel by channel, row by row. */
  readonly data: Float32Array;
  /** 1 for the CAM methods, 3 (red, green, blue of the input) for the others. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** The largest value. For a CAM, 0 or less means: no positive evidence for this class in this layer. */
  readonly max: number;
  readonly target: ResolvedTarget;
  /** Undefined for methods that go to the input. */
  readonly layer: string | undefined;
  readonly timings: ExplainTimings;

  /** @internal */
  constructor(bridge: Bridge, run: Run, method: Method, counterfactual: boolean, answer: Answer<"explain">) {
    this.#bridge = bridge;
    this.run = run;
    this.method = method;
    this.counterfactual = counterfactual;
    this.data = answer.data;
    this.channels = answer.channels;
    this.height = answer.height;
    this.width = answer.width;
    this.max = answer.max;
    this.target = answer.target;
    this.layer = answer.layer;
    this.timings = answer.timings;
  }

  /** Where the map is strongest, in pixels of the photo (the middle of that cell), and the value there: the largest one for one
   *  channel, the one of the largest magnitude for three. */
  get peak(): { readonly x: number; readonly y: number; readonly value: number } {
    const area = this.height * this.width;
    let best = 0;
    let strongest = Number.NEGATIVE_INFINITY;
    this.data.forEach((value, index) => {
      const strength = this.channels === 1 ? value : Math.abs(value);
      if (strength > strongest) {
        strongest = strength;
        best = index;
      }
    });
    const { x, y, width, height } = this.run.view;
    const cell = best % area;
    return {
      x: x + (((cell % this.width) + 0.5) / this.width) * width,
      y: y + ((Math.floor(cell / this.width) + 0.5) / this.height) * height,
      value: this.data[best] ?? 0,
    };
  }

  /** The map as a picture; the caller closes it. `paint` lays it over the photo. */
  async render(options: RenderOptions): Promise<ImageBitmap> {
    checkOptions("render", options);
    const { width, height, colormap, opacity, signal } = options;
    check(Number.isInteger(width) && width > 0, "render: width", "a whole number of pixels, 1 or more", width);
    check(Number.isInteger(height) && height > 0, "render: height", "a whole number of pixels, 1 or more", height);
    check(typeof colormap === "string", "render: colormap", "one of candling.colormaps", colormap);
    check(typeof opacity === "number", "render: opacity", "a number from 0 to 1", opacity);
    return this.#bridge.call(
      "render",
      {
        data: this.data,
        channels: this.channels,
        height: this.height,
        width: this.width,
        outWidth: width,
        outHeight: height,
        colormap,
        opacity,
      },
      { signal, discard: (late) => late.close() },
    );
  }
}

/** Bundlers know this form of the call: the worker and the wasm lie beside this module. */
function spawnWorker(): Worker {
  return new Worker(new URL("./candling-worker.js", import.meta.url), { type: "module", name: "candling" });
}

/** An absolute address: the worker would count a relative one from its own place. */
function addressOf(model: string | URL): string {
  const given = typeof model === "string" || model instanceof URL;
  check(given && URL.canParse(model, document.baseURI), "load: model", "the address of a model file", model);
  return new URL(model, document.baseURI).href;
}

/** The kinds only: which indices and names there are is the engine's to say. */
function checkTarget(target: unknown): void {
  const isQuery = (query: unknown) => typeof query === "number" || typeof query === "string";
  if (isQuery(target)) return;
  check(typeof target === "object" && target !== null, "explain: target", "an index, a label, or { class, over }", target);
  const { class: chosen, over } = target as { readonly class?: unknown; readonly over?: unknown };
  check(isQuery(chosen), "explain: target.class", "an index or a label", chosen);
  check(over === undefined || isQuery(over), "explain: target.over", "an index or a label", over);
}

function freed(): CandlingError {
  return new CandlingError({ code: codes.runFreed, message: "this run was freed; run the photo again" });
}
