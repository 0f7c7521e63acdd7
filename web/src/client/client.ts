import {
  type Answer,
  type Build,
  codes,
  type EngineBuild,
  type EngineInfo,
  type Fit,
  type Progress,
  type Stats,
} from "../protocol.js";
import { type BackendChoice, Backends, type BackendState } from "./backend.js";
import { Bridge, abortable } from "./bridge.js";
import { check, checkOptions } from "./check.js";
import { digestOf } from "./digest.js";
import { CandlingError } from "./error.js";
import { checkRender, type RenderOptions } from "./explanation.js";
import { decoderFiles, engineFiles, modelFiles } from "./files.js";
import { type LiveOptions, type LiveStats, stream } from "./live.js";
import { type PhotoSource, toPhoto, transferOf } from "./photo.js";
import { Pool } from "./pool.js";
import { Run } from "./run.js";
import { spawnWorker } from "./spawn.js";
import { type ModelFiles, weightsHere } from "./weights.js";

const BACKENDS: readonly BackendChoice[] = ["auto", "cpu", "webgpu"];
const BUILDS: readonly (Build | "auto")[] = ["auto", "simd128", "relaxed-simd", "threads"];

export interface LoadOptions {
  /**
   * Address of the model file, relative to the page; a pair of addresses, of which the connection and the
   * offline copies decide (`weightsHere`); or the file itself. Default: the two files in the folder `models`
   * beside this module, which come with the package.
   */
  readonly model?: string | URL | ModelFiles | Blob;
  /**
   * Where the numbers are computed. `"auto"`, the default, begins on the CPU and changes to the GPU if that
   * is faster; `"webgpu"` waits for the GPU before it resolves, and uses the CPU if there is none. See
   * `Candling.backend`.
   */
  readonly backend?: BackendChoice;
  /** Called when the backend changes, or when it is decided that it will not. */
  readonly onBackend?: (state: BackendState) => void;
  /**
   * Build of the engine; `"auto"` takes the fastest that the browser and the page allow and that can be
   * started here (`Candling.info.failed` names those that could not).
   */
  readonly build?: Build | "auto";
  /** Largest number of threads, if there are threads. Default: as many as the machine has cores. */
  readonly threads?: number;
  /** Called with the model's bytes as they arrive, also when the model is loaded again after a crash. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting ends the download and the worker. */
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** `"squash"` (the default) shows the network the whole photo, `"crop"` the model's own centre square. */
  readonly fit?: Fit;
  readonly signal?: AbortSignal;
}

/**
 * A loaded model in a worker of its own.
 *
 * Calls are answered in the order in which they were made. Every call fails with a `CandlingError`; an
 * aborted one fails with the code `"aborted"` at once, and is never begun if it was still waiting.
 */
export class Candling {
  readonly #bridge: Bridge;
  readonly #pool: Pool;
  readonly #backends: Backends;
  #digest: Promise<string> | undefined;
  /** The model's file as it was loaded, so that it need not be fetched again. */
  readonly file: Blob;
  readonly info: EngineInfo & EngineBuild;
  /** The name of each class, by index. */
  readonly labels: readonly string[];
  /** The colormaps of `paint`. */
  readonly colormaps: readonly string[];

  private constructor(
    bridge: Bridge,
    backends: Backends,
    { info, labels, colormaps, model }: Answer<"load">,
  ) {
    this.#bridge = bridge;
    this.#backends = backends;
    this.#pool = new Pool(spawnWorker, model, info.build);
    this.file = model;
    this.info = info;
    this.labels = labels;
    this.colormaps = colormaps;
  }

  /** Starts a worker and loads a model into it. */
  static async load(options: LoadOptions = {}): Promise<Candling> {
    checkOptions("load", options);
    const {
      model = modelFiles,
      backend = "auto",
      build = "auto",
      threads,
      onProgress = () => {},
      onBackend = () => {},
      signal,
    } = options;
    checkBackend("load", backend);
    check(typeof onBackend === "function", "load: onBackend", "a function", onBackend);
    check(BUILDS.includes(build), "load: build", BUILDS.map((name) => `"${name}"`).join(", "), build);
    check(
      threads === undefined || (Number.isInteger(threads) && threads > 0),
      "load: threads",
      "a whole number, 1 or more",
      threads,
    );
    check(typeof onProgress === "function", "load: onProgress", "a function", onProgress);
    const bridge = new Bridge(
      spawnWorker,
      { files: engineFiles, model: await fileOf(model), builds: build === "auto" ? build : [build], threads },
      onProgress,
    );
    try {
      const answer = await bridge.load(signal);
      const backends = new Backends(bridge, backend, answer.info.name, onBackend);
      if (backend === "webgpu") await abortable(backends.use(backend), signal);
      return new Candling(bridge, backends, answer);
    } catch (error) {
      bridge.close();
      throw error;
    }
  }

  /** The backend, and why it is used. */
  get backend(): BackendState {
    return this.#backends.state;
  }

  /**
   * Selects the backend. Resolves with the outcome, which is the CPU if there is no GPU; earlier runs keep
   * working.
   */
  async useBackend(backend: BackendChoice): Promise<BackendState> {
    checkBackend("useBackend", backend);
    return this.#backends.use(backend);
  }

  /** One forward pass. Its result serves every later `explain` of this photo. */
  async run(source: PhotoSource, options: RunOptions = {}): Promise<Run> {
    checkOptions("run", options);
    const { fit = "squash", signal } = options;
    check(typeof fit === "string", "run: fit", '"squash" or "crop"', fit);
    const toRun = (answer: Answer<"run">) =>
      new Run(this.#bridge, this.#pool, answer, answer.photo, answer.photo);
    const answer = await this.#bridge.call(
      "run",
      toPhoto(source).then((photo) => ({ photo, fit, decoder: decoderFiles })),
      {
        transfer: ({ photo }) => transferOf(photo),
        signal,
        discard: (late) => toRun(late).free(),
      },
    );
    this.#backends.answered(answer.backend);
    return toRun(answer);
  }

  /** Like `run`, for a ready input tensor: normalised values, shape 1×3×height×width. */
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
    const toRun = (answer: Answer<"runTensor">) =>
      new Run(this.#bridge, this.#pool, answer, { width, height }, undefined);
    const answer = await this.#bridge.call(
      "runTensor",
      { data, height, width },
      { signal, discard: (late) => toRun(late).free() },
    );
    this.#backends.answered(answer.backend);
    return toRun(answer);
  }

  /**
   * Explains a video by Grad-CAM, frame after frame, and shows each with its map on `canvas`, until the
   * source ends or `signal` is aborted; then resolves with the counts. While one frame is worked on, all
   * newer ones but the last are dropped; none are taken while the page is hidden. Other calls get their turn
   * between two frames.
   *
   * A frame that is damaged, or in which the engine crashes, is skipped and reported to `onError`; the third
   * in a row, and every other error, ends the stream and is thrown. The cost grows with the size of the
   * frames: ask a camera for 640×480.
   */
  live(options: LiveOptions): Promise<LiveStats> {
    return stream(this.#bridge, this.#backends, options);
  }

  /**
   * Class index of `"282"`, `"tabby cat"` or an unambiguous part of a label. The error for an unknown one
   * offers the nearest.
   */
  async findClass(query: string): Promise<number> {
    check(
      typeof query === "string",
      "findClass: the query",
      "an index, a label or a part of one, as a string",
      query,
    );
    return this.#bridge.call("findClass", { query });
  }

  /**
   * Picture of a colormap, from 0 at the left to the maximum at the right, for a legend; the caller closes
   * it.
   */
  async ramp(options: RenderOptions): Promise<ImageBitmap> {
    const { width, height, colormap, opacity, signal } = checkRender("ramp", options);
    const data = Float32Array.from({ length: width }, (_, x) => (x + 1) / width);
    const map = { data, channels: 1, height: 1, width };
    return this.#bridge.call(
      "render",
      { ...map, outWidth: width, outHeight: height, colormap, opacity },
      { signal, discard: (late) => late.close() },
    );
  }

  /**
   * SHA-256 of the model's file, in lowercase hexadecimal. Fails with the code `"unavailable"` in insecure
   * contexts, where browsers offer none.
   */
  digest(): Promise<string> {
    this.#digest ??= digestOf(this.file);
    return this.#digest;
  }

  /** Counters of the worker, for measurements. */
  stats(): Promise<Stats> {
    return this.#bridge.call("stats", {});
  }

  /** Ends the workers and frees everything in them. Waiting calls fail with the code `"closed"`. */
  close(): void {
    this.#bridge.close();
    this.#pool.close();
  }
}

function checkBackend(call: string, backend: unknown): void {
  check(
    (BACKENDS as readonly unknown[]).includes(backend),
    `${call}: backend`,
    BACKENDS.map((name) => `"${name}"`).join(", "),
    backend,
  );
}

/** The file itself, or an absolute address, as the worker would resolve a relative one against its own. */
async function fileOf(model: string | URL | ModelFiles | Blob): Promise<string | Blob> {
  if (model instanceof Blob) return model;
  if (isPair(model)) return fileOf(model[await weightsHere(model)]);
  const given = typeof model === "string" || model instanceof URL;
  const allowed = "the address of a model file, { full, small } with two of them, or a Blob";
  check(given && URL.canParse(model, document.baseURI), "load: model", allowed, model);
  return new URL(model, document.baseURI).href;
}

function isPair(model: string | URL | ModelFiles): model is ModelFiles {
  const isAddress = (file: unknown) => typeof file === "string" || file instanceof URL;
  return (
    typeof model === "object" &&
    model !== null &&
    "full" in model &&
    "small" in model &&
    isAddress(model.full) &&
    isAddress(model.small)
  );
}
