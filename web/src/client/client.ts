import {
  type Answer,
  type Build,
  codes,
  type EngineBuild,
  type EngineInfo,
  type ExplainTimings,
  type Fit,
  type Method,
  type OcclusionProgress,
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
import { check, checkOptions, checkTarget } from "./check.js";
import { CandlingError } from "./error.js";
import { type LiveOptions, type LiveStats, stream } from "./live.js";
import { occlude } from "./occlusion.js";
import { type PhotoSource, toPhoto, transferOf } from "./photo.js";
import { Pool } from "./pool.js";
import { type ModelFiles, weightsFor } from "./weights.js";

const BUILDS: readonly (Build | "auto")[] = ["auto", "simd128", "relaxed-simd", "threads"];

export interface LoadOptions {
  /** Address of the model file; a relative one counts from the page. Of two, the connection decides (`weightsFor`). */
  readonly model: string | URL | ModelFiles;
  /** Where the numbers are computed. So far there is one way. */
  readonly backend?: "cpu";
  /** Which build of the engine; `"auto"` takes the fastest that the browser and the page allow. */
  readonly build?: Build | "auto";
  /** At most so many threads, where there are threads; as many as the machine has cores where left out. */
  readonly threads?: number;
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
  readonly #pool: Pool;
  readonly info: EngineInfo & EngineBuild;
  /** The name of each class, by index. */
  readonly labels: readonly string[];
  /** The colormaps that `paint` knows. */
  readonly colormaps: readonly string[];

  private constructor(bridge: Bridge, { info, labels, colormaps, model }: Answer<"load">) {
    this.#bridge = bridge;
    this.#pool = new Pool(spawnWorker, model, info.build);
    this.info = info;
    this.labels = labels;
    this.colormaps = colormaps;
  }

  /** Starts a worker and loads a model into it. */
  static async load(options: LoadOptions): Promise<Candling> {
    checkOptions("load", options);
    const { model, backend = "cpu", build = "auto", threads, onProgress = () => {}, signal } = options;
    check(backend === "cpu", "load: backend", '"cpu"', backend);
    check(BUILDS.includes(build), "load: build", BUILDS.map((name) => `"${name}"`).join(", "), build);
    check(threads === undefined || (Number.isInteger(threads) && threads > 0), "load: threads", "a whole number, 1 or more", threads);
    check(typeof onProgress === "function", "load: onProgress", "a function", onProgress);
    const bridge = new Bridge(spawnWorker, { model: addressOf(model), build, threads }, onProgress);
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
    const toRun = (answer: Answer<"run">) => new Run(this.#bridge, this.#pool, answer, answer.photo, answer.photo);
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
    const toRun = (answer: Answer<"runTensor">) => new Run(this.#bridge, this.#pool, answer, { width, height }, undefined);
    return toRun(
      await this.#bridge.call("runTensor", { data, height, width }, { signal, discard: (late) => toRun(late).free() }),
    );
  }

  /**
   * Explains moving pictures by Grad-CAM, frame after frame, and shows each with its map on `canvas`, until the source ends or
   * `signal` is aborted; then resolves with the counts. Frames that come while one is worked on are dropped but for the newest;
   * none are taken while the page is hidden. Other calls have their turn between two frames.
   *
   * A frame that is damaged, or in which the engine crashes, is skipped and told to `onError`; the third in a row, and every
   * other error, ends the stream and is thrown. The cost grows with the size of the frames: ask a camera for 640×480.
   */
  live(options: LiveOptions): Promise<LiveStats> {
    return stream(this.#bridge, options);
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

  /** Ends the workers and frees everything in them. Calls that still wait fail with the code `"closed"`. */
  close(): void {
    this.#bridge.close();
    this.#pool.close();
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
    const { stride = Math.max(1, Math.floor(patch / 2)), workers = Math.min(navigator.hardwareConcurrency, DEFAULT_WORKERS) } = options;
    checkPixels("occlusion: stride", stride);
    check(typeof baseline === "number", "occlusion: baseline", "a number", baseline);
    check(Number.isInteger(workers) && workers > 0 && workers <= MAX_WORKERS, "occlusion: workers", `1 to ${MAX_WORKERS}`, workers);
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
  readonly method: Method | "occlusion";
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
  /** The part of the photo that the map lies on: `run.view`, but for an occlusion map, whose cells lie around the middles of its
   *  patches. */
  readonly view: View;
  readonly timings: ExplainTimings;

  /** @internal */
  constructor(
    bridge: Bridge,
    run: Run,
    method: Method | "occlusion",
    counterfactual: boolean,
    answer: Answer<"explain">,
    view: View = run.view,
  ) {
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
    this.view = view;
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
    const { x, y, width, height } = this.view;
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

/** Workers of a pool where their number is not named: beyond it, memory is dearer than time. */
const DEFAULT_WORKERS = 8;

/** More are a mistake: each takes some 60 MB. */
const MAX_WORKERS = 64;

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

/** Bundlers know this form of the call: the worker and the wasm lie beside this module. */
function spawnWorker(): Worker {
  return new Worker(new URL("./candling-worker.js", import.meta.url), { type: "module", name: "candling" });
}

/** An absolute address: the worker would count a relative one from its own place. */
function addressOf(model: string | URL | ModelFiles): string {
  if (isPair(model)) return addressOf(model[weightsFor()]);
  const given = typeof model === "string" || model instanceof URL;
  const allowed = "the address of a model file, or { full, small } with two of them";
  check(given && URL.canParse(model, document.baseURI), "load: model", allowed, model);
  return new URL(model, document.baseURI).href;
}

function isPair(model: string | URL | ModelFiles): model is ModelFiles {
  const isAddress = (file: unknown) => typeof file === "string" || file instanceof URL;
  return typeof model === "object" && model !== null && "full" in model && "small" in model && isAddress(model.full) && isAddress(model.small);
}

function checkPixels(what: string, given: unknown): void {
  check(Number.isInteger(given) && Number(given) > 0 && Number(given) < 2 ** 31, what, "a whole number of pixels, 1 or more", given);
}

function freed(): CandlingError {
  return new CandlingError({ code: codes.runFreed, message: "this run was freed; run the photo again" });
}
