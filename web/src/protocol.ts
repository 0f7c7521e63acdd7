/**
 * Messages between page and worker.
 *
 * One request is in flight at a time (the queue is the client's, see `client/bridge.ts`), so a reply needs no
 * number: it answers the request before it. Pictures are transferred, numbers copied.
 */

import type { Method } from "./catalogue.js";

export type { Method } from "./catalogue.js";

/**
 * How a photo is fitted to the network's square input: the whole photo squashed, or the model's own centre
 * crop.
 */
export type Fit = "squash" | "crop";

/** A class by index (`282`), by label (`"tabby cat"`), or by an unambiguous part of one (`"tabby"`). */
export type ClassQuery = number | string;

/**
 * What is explained: the logit of a class, or the margin by which it exceeds the logit of another (`over`).
 */
export type Target = ClassQuery | { class: ClassQuery; over?: ClassQuery };

/** A target whose names were resolved to class indices. */
export interface ResolvedTarget {
  readonly class: number;
  readonly over?: number;
}

/** The part of the photo that the network saw, in pixels of the photo as it is shown (EXIF orientation
 *  applied). */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Prediction {
  readonly index: number;
  readonly label: string;
  /** The network's raw score. */
  readonly logit: number;
  /** Softmax over all classes, 0 to 1. */
  readonly probability: number;
}

export interface LayerInfo {
  readonly name: string;
  /** Operator: `conv2d`, `add`, ... */
  readonly op: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Layers that belong together, such as those of a residual block. */
export interface BlockInfo {
  /** Names in the order of the forward pass; the last one gives its output. */
  readonly layers: readonly string[];
  /** Whether paths come together in its output. */
  readonly merges: boolean;
}

/** Metadata of the loaded model: its file's, and what follows from its graph. */
export interface EngineInfo {
  readonly name: string;
  readonly licence: string;
  readonly origin: string;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Subtracted from red, green and blue, which run from 0 to 255; what is left is divided by `std`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** The pixel that preprocessing maps to 0, rounded to whole levels: red, green and blue, 0 to 255. */
  readonly neutral: readonly [number, number, number];
  /** Layer used if none is named: the last one before the classifier that still has positions. */
  readonly defaultLayer: string;
  /**
   * Layer where a share of evidence (energy-based pointing game) is best measured: the output of the last
   * block that merges paths, or the default layer if there is none.
   */
  readonly evidenceLayer: string;
  /** All layers, in the order of the forward pass. */
  readonly layers: readonly LayerInfo[];
  /** Blocks from the input to the last layer before the classifier that still has positions. */
  readonly blocks: readonly BlockInfo[];
  /** Names of the layers with weights, from the output down: the order of `Run.randomized`. */
  readonly weighted: readonly string[];
  readonly classes: number;
  readonly methods: readonly MethodInfo[];
}

/** Capabilities of a method. */
export interface MethodInfo {
  readonly name: Method;
  /** Whether it can be computed at any layer. */
  readonly layer: boolean;
  /** Whether its map has a value for each value of the input; if not, it has one channel. */
  readonly pixels: boolean;
  /** Whether its map has both signs. */
  readonly signed: boolean;
  /** Whether it can explain what speaks against the class. */
  readonly counterfactual: boolean;
  /** Whether it takes many forward passes. */
  readonly passes: boolean;
  /** Names of its numeric options. */
  readonly options: readonly string[];
}

/**
 * Builds of the engine, slowest first: 128-bit SIMD; relaxed SIMD (fused multiply-add); relaxed SIMD with
 * threads on shared memory, which needs a cross-origin isolated page.
 */
export type Build = "simd128" | "relaxed-simd" | "threads";

/** The addresses of each build's two files. */
export type EngineFiles = Readonly<Record<Build, { readonly module: string; readonly wasm: string }>>;

/** The addresses of the two files of a module. */
export interface ModuleFiles {
  readonly module: string;
  readonly wasm: string;
}

/** The addresses of the WebGPU engine's two files. */
export type GpuFiles = ModuleFiles;

/**
 * Where forward and backward passes are computed: on the CPU, or on the GPU by WebGPU. Photos are prepared,
 * maps painted and experiments made on the CPU in any case.
 */
export type Backend = "cpu" | "webgpu";

/** A WebGPU adapter. */
export interface Adapter {
  /** Its name, as far as the browser gives it. */
  readonly name: string;
  /** Whether it is a software adapter, which the CPU emulates, slower than the CPU engine. */
  readonly software: boolean;
}

/** Milliseconds of a forward pass. */
export type BackendTimes = Readonly<Record<Backend, number>>;

/** A build that could not be started, and the browser's reason. */
export interface FailedBuild {
  readonly build: Build;
  readonly reason: string;
}

/** The running build. */
export interface EngineBuild {
  readonly build: Build;
  /** Faster builds that could not be started, in the order in which they were tried; usually none. */
  readonly failed: readonly FailedBuild[];
  /** 1 for all builds but `threads`. */
  readonly threads: number;
}

/** Bytes of the model so far. `total` is missing if the server does not say, or sends it compressed. */
export interface Progress {
  readonly loaded: number;
  readonly total?: number;
}

/** Milliseconds per stage of `run`. For a ready tensor, `read` and `decode` are 0. */
export interface RunTimings {
  /** Reading bytes from the Blob, and parsing their header. */
  readonly read: number;
  /** The browser's decoder, and reading the pixels from its bitmap. */
  readonly decode: number;
  /** Resize and normalise. */
  readonly prepare: number;
  readonly forward: number;
}

/** Milliseconds per stage of `explain`. There is no forward pass among them: the run's is reused. */
export interface ExplainTimings {
  readonly backward: number;
  /** All forward passes, wall-clock time; only for methods of many passes. */
  readonly forwards?: number;
}

/** Progress of the passes of a map or of curves. */
export interface PassesProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * What replaces removed parts of the picture: the neutral grey, which is 0 to the network, or the picture
 * itself, blurred by a Gaussian whose standard deviation is a sixteenth of its side.
 */
export type Fill = "grey" | "blur";

/** A probability over the share of the picture that was removed or restored. */
export interface Curve {
  /** Shares, 0 to 1, counted in tiles; shares of the area if the tile's side divides the input's. */
  readonly shares: Float32Array;
  /** The class's softmax probability at each of them. */
  readonly probabilities: Float32Array;
  /** Area under the curve, 0 to 1, by the trapezoidal rule. */
  readonly area: number;
}

/** The curve for a map's ranking of the tiles, and the mean of the curves for random orders. */
export interface Compared {
  readonly map: Curve;
  readonly random: Curve;
}

export interface Traced {
  /** Tiles are replaced by grey, the most important by the map first: a good map's area is small. */
  readonly deletion: Compared;
  /** Tiles of the blurred picture are restored, in the same order: a good map's area is large. */
  readonly insertion: Compared;
}

export interface Curves extends Traced {
  /** The map's target; if that is a margin, the probability of `class` is followed. */
  readonly target: ResolvedTarget;
}

/** Values of a method's options, by the names in `EngineInfo.methods`. */
export type MethodOptions = Readonly<Record<string, number>>;

/**
 * Work of many passes as requested: the map of such a method, or the curves of a map beside those of random
 * orders.
 */
export type PassesRequest =
  | {
      readonly kind: "map";
      readonly method: Method;
      readonly target?: Target;
      readonly options: MethodOptions;
    }
  | {
      readonly kind: "curves";
      readonly map: PlacedMap;
      readonly class: number;
      readonly tile: number;
      readonly randomOrders: number;
    };

/** The same, with classes resolved and orders of the tiles drawn. */
export type Work =
  | {
      readonly kind: "map";
      readonly method: Method;
      readonly target: ResolvedTarget;
      readonly options: MethodOptions;
    }
  | {
      readonly kind: "curves";
      readonly class: number;
      /** Side of a tile, in pixels of the input. */
      readonly tile: number;
      /** Orders of the input's tiles, concatenated, the map's first. */
      readonly orders: Uint32Array;
    };

/** Many passes over altered copies of a picture; self-contained for any worker with the same model. */
export interface Job {
  /** The input tensor, 1×3×height×width. */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly work: Work;
}

/**
 * The passes of a job from `start` up to but not including `end`. `job` is sent with the first part for a
 * worker, and stays valid until another is sent.
 */
export interface Part {
  readonly job?: Job;
  readonly start: number;
  readonly end: number;
}

/** The network's answer for an altered picture. */
export interface Perturbed {
  /** The raw score of each class, by index. */
  readonly logits: Float32Array;
  /** Softmax over all classes, by index. */
  readonly probabilities: Float32Array;
  /** Milliseconds; the first call with a fill includes making it. */
  readonly timings: { readonly forward: number };
}

/** Milliseconds per stage of a live frame. */
export interface FrameTimings {
  /** Drawing the frame on a canvas, and reading its pixels. */
  readonly decode: number;
  /** Resize and normalise. */
  readonly prepare: number;
  readonly forward: number;
  readonly backward: number;
  /** Colouring the map and compositing it with the frame. */
  readonly paint: number;
}

/** Counters of the worker since its start. */
export interface Stats {
  readonly forwards: number;
  readonly explanations: number;
  readonly renders: number;
  /** Runs that are not freed. */
  readonly runs: number;
  /**
   * Threads used by the last forward pass: threads that slow a pass down, as on a busy machine, are left
   * idle.
   */
  readonly threads: number;
  /** Size of the wasm memory in bytes; it only grows, so this is also its peak. */
  readonly memory: number;
  /** Bytes that the worker loaded: the engine's files as transferred, and the model's file. */
  readonly bytes: number;
}

/**
 * A photo on its way to the worker. `blob` is still encoded; `address` is that of a bitmap's file, if it has
 * one; `pixels` are RGBA8 with straight alpha.
 */
export type PhotoMessage =
  | { readonly form: "blob"; readonly blob: Blob }
  | { readonly form: "bitmap"; readonly bitmap: ImageBitmap; readonly address?: string | undefined }
  | {
      readonly form: "pixels";
      readonly data: Uint8ClampedArray<ArrayBuffer>;
      readonly width: number;
      readonly height: number;
    };

/** Results of a forward pass; `run` is its handle in the worker. */
export interface RunAnswer {
  readonly run: number;
  readonly predictions: readonly Prediction[];
  readonly logits: Float32Array;
  /** Size of the network's input. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly view: View;
  /** Pixels of the input, RGBA; absent for a ready tensor. */
  readonly seen?: Uint8Array<ArrayBuffer>;
  readonly backend: Backend;
  readonly timings: RunTimings;
  /** Defects in spite of which the photo was read. */
  readonly notes?: readonly string[];
}

/** A raw map: `channels·height·width` values, channel by channel, row by row. */
export interface MapData {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * What a painted map lies on: the pixels that the network saw, RGBA, and the map's area in them, in pixels.
 */
export interface Backdrop {
  readonly seen: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly area: PlacedMap["area"];
}

/** A map and its area on the input, in pixels of the input. */
export interface PlacedMap extends MapData {
  readonly area: readonly [left: number, top: number, width: number, height: number];
}

/** An exact identity of the methods or the kernels, computed in two ways and compared on a run. */
export interface Identity {
  /** `cam-is-grad-cam`, `cam-is-hires-cam`, `hires-cam-sums-to-logit`, `counterfactual-is-negative`,
   *  `adjoint`, `margin-is-difference`. */
  readonly name: string;
  /** Difference of the two results, relative to their size; NaN if it is not a number. */
  readonly residual: number;
  /** Upper bound of what rounding can cause. */
  readonly bound: number;
  /** The layer with the largest residual, if several were compared. */
  readonly layer?: string;
}

/** An explanation as the worker sends it. */
export interface MapAnswer extends PlacedMap {
  readonly max: number;
  readonly target: ResolvedTarget;
  readonly layer?: string;
  readonly backend: Backend;
  readonly timings: ExplainTimings;
}

/** The result of many passes. */
export type Outcome =
  | { readonly kind: "map"; readonly map: MapAnswer }
  | { readonly kind: "curves"; readonly traced: Traced };

/** The explanation of one frame of a live stream. */
export interface FrameAnswer extends MapData {
  readonly max: number;
  readonly target: ResolvedTarget;
  readonly layer: string;
  /** The likeliest classes, best first. */
  readonly predictions: readonly Prediction[];
  /** Size of the frame, in pixels. */
  readonly frame: { readonly width: number; readonly height: number };
  readonly view: View;
  readonly backend: Backend;
  readonly timings: FrameTimings;
}

/** The calls by kind, with request and answer. */
export interface Calls {
  load: {
    /** Address of the model, or its file as another worker loaded it. */
    ask: {
      readonly files: EngineFiles;
      readonly model: string | Blob;
      /** The builds to try, best first. */
      readonly builds: readonly Build[] | "auto";
      readonly threads: number | undefined;
    };
    answer: {
      readonly info: EngineInfo & EngineBuild;
      readonly labels: readonly string[];
      readonly colormaps: readonly string[];
      /** The model's file, for further workers; a Blob is a handle, whose bytes the browser stores once. */
      readonly model: Blob;
    };
  };
  /** The WebGPU adapter, if there is one; downloads nothing. */
  adapter: { ask: object; answer: Adapter | null };
  /**
   * Selects the backend; with `compare`, the GPU only if it is faster for the picture that ran last. Fails
   * without a usable GPU, and then stays on the CPU.
   */
  backend: {
    ask: { readonly backend: Backend; readonly compare: boolean; readonly files: GpuFiles };
    answer: { readonly backend: Backend; readonly adapter?: string; readonly milliseconds?: BackendTimes };
  };
  run: {
    /** `decoder` is fetched only if the browser's own decoder cannot be used. */
    ask: { readonly photo: PhotoMessage; readonly fit: Fit; readonly decoder: ModuleFiles };
    answer: RunAnswer & { readonly photo: ImageBitmap };
  };
  runTensor: {
    ask: { readonly data: Float32Array; readonly height: number; readonly width: number };
    answer: RunAnswer;
  };
  explain: {
    ask: {
      readonly run: number;
      readonly method: Method;
      /** Default: the top class. */
      readonly target?: Target;
      readonly layer?: string;
      readonly counterfactual: boolean;
    };
    answer: MapAnswer;
  };
  /** The features of a run: the classifier's input. */
  features: { ask: { readonly run: number }; answer: Float32Array };
  /** A forward pass on the run's input without the masked pixels. */
  perturb: {
    ask: { readonly run: number; readonly mask: Uint8Array; readonly fill: Fill };
    answer: Perturbed;
  };
  /** The tiles of an input, the most important by the map first. */
  ranking: {
    ask: {
      readonly map: PlacedMap;
      readonly inputHeight: number;
      readonly inputWidth: number;
      readonly tile: number;
    };
    answer: Uint32Array;
  };
  /** Checks a request for many passes on a run, and returns the job for a pool. */
  plan: {
    ask: { readonly run: number; readonly request: PassesRequest };
    answer: { readonly job: Job; readonly pieces: number };
  };
  /** The values of some passes, equally many for each. */
  part: { ask: Part; answer: Float32Array };
  /** Combines the values of all passes. */
  finish: {
    ask: { readonly job: Job; readonly values: Float32Array };
    answer: Outcome;
  };
  /** Maps of a network whose first layers of `EngineInfo.weighted` have new random weights. */
  randomized: {
    ask: {
      readonly run: number;
      readonly layers: number;
      readonly target: Target;
      readonly methods: readonly Method[];
      /** For methods that take a layer. */
      readonly layer?: string;
      readonly seed: number;
    };
    answer: {
      readonly layers: readonly string[];
      readonly probability: number;
      /** One map for each method. */
      readonly maps: readonly { readonly map: MapAnswer; readonly correlation: number | undefined }[];
    };
  };
  /** The exact identities that apply to the model, checked on a run. */
  identities: { ask: { readonly run: number; readonly target?: Target }; answer: readonly Identity[] };
  /**
   * Forward pass and Grad-CAM of one frame, with a picture of both if `paint` is given. Nothing of it is
   * kept.
   */
  frame: {
    ask: {
      readonly frame: ImageBitmap | VideoFrame;
      readonly fit: Fit;
      /** Default: the frame's top class. */
      readonly target?: Target;
      readonly layer?: string;
      readonly paint?: { readonly colormap: string; readonly opacity: number };
    };
    answer: FrameAnswer & { readonly picture?: ImageBitmap };
  };
  render: {
    ask: MapData & {
      readonly outWidth: number;
      readonly outHeight: number;
      readonly colormap: string;
      readonly opacity: number;
      readonly scale?: number;
      readonly backdrop?: Backdrop;
    };
    answer: ImageBitmap;
  };
  findClass: { ask: { readonly query: string }; answer: number };
  stats: { ask: object; answer: Stats };
  free: { ask: { readonly run: number }; answer: null };
}

export type CallKind = keyof Calls;
export type Ask<K extends CallKind> = Calls[K]["ask"];
export type Answer<K extends CallKind> = Calls[K]["answer"];

/** Page → worker. */
export interface Request<K extends CallKind = CallKind> {
  readonly kind: K;
  readonly ask: Ask<K>;
}

/**
 * Worker → page: any number of `progress`, and `lost` if the GPU failed and the CPU takes over, then one
 * `answer` or `failure`.
 */
export type Reply<K extends CallKind = CallKind> =
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "lost"; readonly failure: Failure }
  | { readonly type: "answer"; readonly answer: Answer<K> }
  | { readonly type: "failure"; readonly failure: Failure };

/** An error as a message: a stable kebab-case code, and one lowercase sentence for people. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/**
 * Codes of the page's and the worker's own errors; the engine adds others (`unknown-layer`, `bad-model`,
 * ...).
 */
export const codes = {
  /** The signal of the call was aborted. */
  aborted: "aborted",
  /** `close()` was called. */
  closed: "closed",
  /** The run was freed. */
  runFreed: "run-freed",
  /** The engine with this run has crashed. */
  runLost: "run-lost",
  /** A trap in the wasm, or the worker died. The next call starts a new worker. */
  engineCrashed: "engine-crashed",
  /** The worker or the wasm could not be loaded. */
  engineUnavailable: "engine-unavailable",
  /** There is no GPU to use. */
  backendUnavailable: "backend-unavailable",
  /** The GPU failed, or took too long. */
  backendLost: "backend-lost",
  /** The model file could not be fetched. */
  modelUnreachable: "model-unreachable",
  /** Neither the browser nor the engine reads this kind of file. */
  unsupportedFormat: "unsupported-format",
  /** A known format, but a damaged file. */
  corruptImage: "corrupt-image",
  /** More pixels than `MAX_PIXELS`. */
  imageTooLarge: "image-too-large",
  /** The picture could not be fetched, or there is none. */
  imageUnreachable: "image-unreachable",
  /** A picture of another origin without CORS: its pixels may not be read. */
  taintedImage: "tainted-image",
  /** An argument of the wrong kind. */
  badArgument: "bad-argument",
  /** No such class; the engine uses the same code for names. */
  unknownClass: "unknown-class",
  /** The browser lacks a feature, or withholds it from this page. */
  unavailable: "unavailable",
  /** A defect in Candling. */
  internal: "internal",
} as const;

/**
 * Largest photo, in pixels; the engine's `probe` applies the same limit to encoded files. Decoded and copied
 * into the wasm such a photo needs about 1 GB.
 */
export const MAX_PIXELS = 64 * 2 ** 20;
