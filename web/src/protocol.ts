/**
 * Everything that crosses between page and worker.
 *
 * One request is in flight at a time (the queue is the client's, see `client/bridge.ts`), so a reply needs no
 * number: it answers the request before it. Pictures travel by transfer, numbers by copy.
 */

import type { Method } from "./catalogue.js";

export type { Method } from "./catalogue.js";

/**
 * How a photo is brought to the network's square: the whole of it squashed, or the model's own centre square.
 */
export type Fit = "squash" | "crop";

/** A class by index (`282`), by label (`"tabby cat"`), or by an unambiguous part of one (`"tabby"`). */
export type ClassQuery = number | string;

/** What is explained: the logit of a class, or how far it lies above the logit of another (`over`). */
export type Target = ClassQuery | { class: ClassQuery; over?: ClassQuery };

/** A target after its names were looked up. */
export interface ResolvedTarget {
  readonly class: number;
  readonly over?: number;
}

/**
 * The part of the photo that the network saw, in pixels of the photo as it is shown (EXIF orientation
 * applied).
 */
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
  /** `conv2d`, `add`, ... */
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

/** What the model file says of itself. */
export interface EngineInfo {
  readonly name: string;
  readonly licence: string;
  readonly origin: string;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Subtracted from red, green and blue, which run from 0 to 255; what is left is divided by `std`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** The pixel that becomes 0, as near as a picture can have it: red, green and blue, 0 to 255. */
  readonly neutral: readonly [number, number, number];
  /** The layer used where none is named: the last one before the classifier that has positions. */
  readonly defaultLayer: string;
  /**
   * The layer where a share of evidence is best measured: the output of the last block in which paths come
   * together, or the default layer where there is none.
   */
  readonly evidenceLayer: string;
  /** In the order of the forward pass. */
  readonly layers: readonly LayerInfo[];
  /** From behind the input to the last layer before the classifier that has positions. */
  readonly blocks: readonly BlockInfo[];
  /** Names of those with weights, from the output down: the order of `Run.randomized`. */
  readonly weighted: readonly string[];
  readonly classes: number;
  readonly methods: readonly MethodInfo[];
}

/** What a method takes and gives. */
export interface MethodInfo {
  readonly name: Method;
  /** Whether it can be asked at any layer. */
  readonly layer: boolean;
  /** Whether its map has a value for each value of the input; if not, it has one channel. */
  readonly pixels: boolean;
  /** Whether its map has both signs. */
  readonly signed: boolean;
  /** Whether it can be asked what speaks against the class. */
  readonly counterfactual: boolean;
  /** Whether it is made of many forward passes. */
  readonly passes: boolean;
  /** Names of the numbers that can be set. */
  readonly options: readonly string[];
}

/**
 * The builds of the engine, slowest first: 128-bit vectors; fused multiply-add; that and threads on one
 * memory, which a page must be cross-origin isolated for.
 */
export type Build = "simd128" | "relaxed-simd" | "threads";

/** The addresses of each build's two files. */
export type EngineFiles = Readonly<Record<Build, { readonly module: string; readonly wasm: string }>>;

/** The addresses of the two files of a module. */
export interface ModuleFiles {
  readonly module: string;
  readonly wasm: string;
}

/** Files of the engine for GPUs. */
export type CardFiles = ModuleFiles;

/**
 * Where forward passes and walks back are computed: by the processor, or by the graphics card, which browsers
 * offer as WebGPU. Photos are prepared, maps painted and experiments made on the processor in any case.
 */
export type Backend = "cpu" | "webgpu";

/** A graphics card. */
export interface Adapter {
  /** What the browser tells of it. */
  readonly name: string;
  /** Whether the processor does its work, slower than it could by itself. */
  readonly software: boolean;
}

/** Milliseconds of a forward pass. */
export type BackendTimes = Readonly<Record<Backend, number>>;

/** A build that was tried and could not be started, and what the browser said of it. */
export interface FailedBuild {
  readonly build: Build;
  readonly reason: string;
}

/** What runs. */
export interface EngineBuild {
  readonly build: Build;
  /** Faster ones that could not be started, in the order in which they were tried; mostly none. */
  readonly failed: readonly FailedBuild[];
  /** 1 for all builds but `threads`. */
  readonly threads: number;
}

/** Bytes of the model so far. `total` is missing where the server does not say, or sends it compressed. */
export interface Progress {
  readonly loaded: number;
  readonly total?: number;
}

/** Milliseconds per stage of `run`. For a ready tensor, `read` and `decode` are 0. */
export interface RunTimings {
  /** Bytes out of the Blob, and a look at their header. */
  readonly read: number;
  /** The browser's decoder, and the pixels out of its bitmap. */
  readonly decode: number;
  /** Resize and normalise. */
  readonly prepare: number;
  readonly forward: number;
}

/** Milliseconds per stage of `explain`. There is no forward pass among them: the run's is reused. */
export interface ExplainTimings {
  readonly backward: number;
  /** Of a map of many passes only: all of them, by the clock on the wall. */
  readonly forwards?: number;
}

/** Passes of a map that is made of many, or of curves, so far. */
export interface PassesProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * What stands where the picture was taken away: the middle grey that is 0 to the network, or the picture
 * itself, blurred by a Gaussian whose standard deviation is a sixteenth of its side.
 */
export type Fill = "grey" | "blur";

/** A probability over the share of the picture that was taken away or given back. */
export interface Curve {
  /** 0 to 1, counted in tiles: of the picture, where their side divides the input's. */
  readonly shares: Float32Array;
  /** The class's softmax probability at each of them. */
  readonly probabilities: Float32Array;
  /** Under the curve, 0 to 1, by trapezoids. */
  readonly area: number;
}

/** A curve in a map's order of the tiles, and the mean of those in random ones. */
export interface Compared {
  readonly map: Curve;
  readonly random: Curve;
}

export interface Traced {
  /**
   * Tiles are replaced by grey, those that the map holds for most important first: a good map's area is
   * small.
   */
  readonly deletion: Compared;
  /** Tiles are given back to a blurred picture, in the same order: a good map's area is large. */
  readonly insertion: Compared;
}

export interface Curves extends Traced {
  /** The map's; of a margin, the probability of `class` is followed. */
  readonly target: ResolvedTarget;
}

/** What is set of a method, by the names of `EngineInfo.methods`. */
export type MethodOptions = Readonly<Record<string, number>>;

/**
 * What many passes are asked for: the map of a method that is made of them, or the curves of a map and of
 * random orders beside it.
 */
export type Wish =
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

/** The same with all that was open decided. */
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
      /** Orders of the tiles of the input, one after the other, the map's first. */
      readonly orders: Uint32Array;
    };

/** Many passes over altered pictures; enough for any worker with the same model. */
export interface Job {
  /** The input tensor, 1×3×height×width. */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly work: Work;
}

/**
 * Some passes of a job: those from `start` up to but not `end`. The job comes with the first part that a
 * worker is asked for, and holds until the next.
 */
export interface Part {
  readonly job?: Job;
  readonly start: number;
  readonly end: number;
}

/** What the network says of a changed picture. */
export interface Perturbed {
  /** The raw score of each class, by index. */
  readonly logits: Float32Array;
  /** Softmax over all classes, by index. */
  readonly probabilities: Float32Array;
  /** Milliseconds; that of the first call with a filling makes that as well. */
  readonly timings: { readonly forward: number };
}

/** Milliseconds per stage of a live frame. */
export interface FrameTimings {
  /** The frame onto a canvas, and its pixels off it. */
  readonly decode: number;
  /** Resize and normalise. */
  readonly prepare: number;
  readonly forward: number;
  readonly backward: number;
  /** Colours, and laying them over the frame. */
  readonly paint: number;
}

/** What the worker has done since it was started. */
export interface Stats {
  readonly forwards: number;
  readonly explanations: number;
  readonly renders: number;
  /** Runs that were not freed. */
  readonly runs: number;
  /**
   * On how many threads the last forward pass was: those that there are rest while they make a pass slower,
   * as on a machine with other things to do.
   */
  readonly threads: number;
  /** Size of the wasm memory in bytes; it only grows, so this is also its peak. */
  readonly memory: number;
  /** What the worker loaded: the files of the engine as they came over the wire, and the model's file. */
  readonly bytes: number;
}

/**
 * A photo on its way to the worker. `blob` is still encoded; `address` is that of the file, where a bitmap
 * has one; `pixels` are RGBA8 with straight alpha.
 */
export type Photo =
  | { readonly form: "blob"; readonly blob: Blob }
  | { readonly form: "bitmap"; readonly bitmap: ImageBitmap; readonly address?: string | undefined }
  | {
      readonly form: "pixels";
      readonly data: Uint8ClampedArray<ArrayBuffer>;
      readonly width: number;
      readonly height: number;
    };

/** What a forward pass left behind; `run` is its handle in the worker. */
export interface RunAnswer {
  readonly run: number;
  readonly predictions: readonly Prediction[];
  readonly logits: Float32Array;
  /** Size of the network's input. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly view: View;
  /** The pixels that it was made of, RGBA; left out where it came as a tensor. */
  readonly seen?: Uint8Array<ArrayBuffer>;
  readonly backend: Backend;
  readonly timings: RunTimings;
  /** What the photo was read in spite of. */
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
 * What lies under a map that is painted: the pixels that the network saw, RGBA, and where among them the map
 * lies, in its pixels.
 */
export interface Backdrop {
  readonly seen: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly area: PlacedMap["area"];
}

/** A map and the part of the input that it lies on, in pixels of the input. */
export interface PlacedMap extends MapData {
  readonly area: readonly [left: number, top: number, width: number, height: number];
}

/** Two ways to one result: an exact identity of the methods or the kernels, checked on a run. */
export interface Identity {
  /**
   * `cam-is-grad-cam`, `cam-is-hires-cam`, `hires-cam-sums-to-logit`, `counterfactual-is-negative`,
   * `adjoint`, `margin-is-difference`.
   */
  readonly name: string;
  /** How far they are apart, relative to the size of what is compared; NaN where there is no number. */
  readonly residual: number;
  /** Rounding keeps it below this. */
  readonly bound: number;
  /** Where it is largest, of several layers. */
  readonly layer?: string;
}

/** An explanation as it comes from the worker. */
export interface MapAnswer extends PlacedMap {
  readonly max: number;
  readonly target: ResolvedTarget;
  readonly layer?: string;
  readonly backend: Backend;
  readonly timings: ExplainTimings;
}

/** What many passes come to. */
export type Outcome =
  | { readonly kind: "map"; readonly map: MapAnswer }
  | { readonly kind: "curves"; readonly traced: Traced };

/** What one frame of a live stream was found to be. */
export interface FrameAnswer extends MapData {
  readonly max: number;
  readonly target: ResolvedTarget;
  readonly layer: string;
  /** The likeliest classes, best first. */
  readonly predictions: readonly Prediction[];
  /** Size of the frame in pixels. */
  readonly frame: { readonly width: number; readonly height: number };
  readonly view: View;
  readonly backend: Backend;
  readonly timings: FrameTimings;
}

/** Every kind of call: what is asked, and what comes back. */
export interface Calls {
  load: {
    /** An address, or the file that another worker loaded. */
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
      /** The model's file, for further workers; a handle, whose bytes the browser keeps once. */
      readonly model: Blob;
    };
  };
  /** The graphics card that there is, if any. Costs nothing and fetches nothing. */
  adapter: { ask: object; answer: Adapter | null };
  /**
   * Computes there from now on; with `compare`, on the card only if that is faster with the picture that ran
   * last. Fails where there is no card, and then computes on the processor.
   */
  backend: {
    ask: { readonly backend: Backend; readonly compare: boolean; readonly files: CardFiles };
    answer: { readonly backend: Backend; readonly adapter?: string; readonly milliseconds?: BackendTimes };
  };
  run: {
    /** With the decoder that is fetched where the browser's cannot be used. */
    ask: { readonly photo: Photo; readonly fit: Fit; readonly decoder: ModuleFiles };
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
      /** The top class where left out. */
      readonly target?: Target;
      readonly layer?: string;
      readonly counterfactual: boolean;
    };
    answer: MapAnswer;
  };
  /** What the classifier sees of a run. */
  features: { ask: { readonly run: number }; answer: Float32Array };
  /** A forward pass on the run's input without what the mask covers. */
  perturb: {
    ask: { readonly run: number; readonly mask: Uint8Array; readonly fill: Fill };
    answer: Perturbed;
  };
  /** The tiles of an input, those that the map holds for most important first. */
  ranking: {
    ask: {
      readonly map: PlacedMap;
      readonly inputHeight: number;
      readonly inputWidth: number;
      readonly tile: number;
    };
    answer: Uint32Array;
  };
  /** Checks what is asked of a run, and gives what a pool needs to answer it. */
  plan: {
    ask: { readonly run: number; readonly wish: Wish };
    answer: { readonly job: Job; readonly pieces: number };
  };
  /** The values of some passes, of each as many. */
  part: { ask: Part; answer: Float32Array };
  /** What the values of all passes come to. */
  finish: {
    ask: { readonly job: Job; readonly values: Float32Array };
    answer: Outcome;
  };
  /** Maps of a network whose first layers of `EngineInfo.weighted` are drawn anew. */
  randomized: {
    ask: {
      readonly run: number;
      readonly layers: number;
      readonly target: Target;
      readonly methods: readonly Method[];
      /** For the methods that take one. */
      readonly layer?: string;
      readonly seed: number;
    };
    answer: {
      readonly layers: readonly string[];
      readonly probability: number;
      /** One for each method. */
      readonly maps: readonly { readonly map: MapAnswer; readonly correlation: number | undefined }[];
    };
  };
  /** The exact identities that apply to the model, on a run. */
  identities: { ask: { readonly run: number; readonly target?: Target }; answer: readonly Identity[] };
  /** One frame, forward and Grad-CAM, and if `paint` is there a picture of both. Nothing of it is kept. */
  frame: {
    ask: {
      readonly frame: ImageBitmap | VideoFrame;
      readonly fit: Fit;
      /** The frame's top class where left out. */
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

export type Kind = keyof Calls;
export type Ask<K extends Kind> = Calls[K]["ask"];
export type Answer<K extends Kind> = Calls[K]["answer"];

/** Page → worker. */
export interface Request<K extends Kind = Kind> {
  readonly kind: K;
  readonly ask: Ask<K>;
}

/**
 * Worker → page: any number of `progress`, and `lost` where the card failed and the processor takes over,
 * then one `answer` or `failure`.
 */
export type Reply<K extends Kind = Kind> =
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "lost"; readonly failure: Failure }
  | { readonly type: "answer"; readonly answer: Answer<K> }
  | { readonly type: "failure"; readonly failure: Failure };

/** An error on the wire: a stable kebab-case code, and one lowercase sentence for people. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Codes made on this side of the wasm; the engine's own (`unknown-layer`, `bad-model`, ...) come on top. */
export const codes = {
  /** The signal of the call was aborted. */
  aborted: "aborted",
  /** `close()` was called. */
  closed: "closed",
  /** The run was freed. */
  runFreed: "run-freed",
  /** The run was in an engine that crashed since. */
  runLost: "run-lost",
  /** A trap in the wasm, or the worker died. The next call starts a fresh one. */
  engineCrashed: "engine-crashed",
  /** The worker or the wasm could not be loaded. */
  engineUnavailable: "engine-unavailable",
  /** There is no graphics card to use. */
  backendUnavailable: "backend-unavailable",
  /** The graphics card failed, or took too long. */
  backendLost: "backend-lost",
  /** The model file could not be fetched. */
  modelUnreachable: "model-unreachable",
  /** The browser, or the engine, does not read this kind of file. */
  unsupportedFormat: "unsupported-format",
  /** A known format, but damaged. */
  corruptImage: "corrupt-image",
  /** More pixels than `MAX_PIXELS`. */
  imageTooLarge: "image-too-large",
  /** The picture could not be fetched, or there is none. */
  imageUnreachable: "image-unreachable",
  /** A picture of another origin that came without CORS: its pixels may not be read. */
  taintedImage: "tainted-image",
  /** An argument of the wrong kind. */
  badArgument: "bad-argument",
  /** No such class; the engine says the same of names. */
  unknownClass: "unknown-class",
  /** The browser does not have what this needs, or not on such a page. */
  unavailable: "unavailable",
  /** A defect of ours. */
  internal: "internal",
} as const;

/**
 * The largest photo that is taken, in pixels; the engine's `probe` holds encoded files to the same limit.
 * Decoded and copied into the wasm such a photo needs about 1 GB.
 */
export const MAX_PIXELS = 64 * 2 ** 20;
