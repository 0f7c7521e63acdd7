/**
 * Live stream: Grad-CAM over video.
 *
 * The page only passes frames on and shows what comes back; the worker does preprocessing, network, colours
 * and compositing. Pictures come back as bitmaps for a `bitmaprenderer` canvas, which takes them over without
 * copying. Transferring an OffscreenCanvas to the worker would save that message too, but a canvas can be
 * transferred only once: it could not be used for a second stream, and would stay dark after a crash of the
 * worker.
 */
import { type Answer, codes, type Fit, type FrameAnswer, type Target } from "../protocol.js";
import type { Backends } from "./backend.js";
import type { Bridge } from "./bridge.js";
import { check, checkOptions, checkTarget, nameOf } from "./check.js";
import { CandlingError } from "./error.js";
import { type Frame, framesOf, type FrameSource } from "./frames.js";

export interface LiveOptions {
  /**
   * A video, a MediaStreamTrack, a canvas, or an async iterator of ImageBitmaps or VideoFrames, which the
   * stream closes.
   */
  readonly source: FrameSource;
  /** Default: each frame's own top class. */
  readonly target?: Target;
  /** Name of a layer. Default: the model's `defaultLayer`. */
  readonly layer?: string;
  /**
   * Shows each frame with the map over it; its size is set to the frame's. It must not have been drawn on: a
   * canvas keeps its first kind of context, and this one gets `bitmaprenderer`.
   */
  readonly canvas?: HTMLCanvasElement | OffscreenCanvas;
  /** Called with each frame, after it was shown. If it throws, the stream ends. */
  readonly onFrame?: (frame: LiveFrame) => void;
  /** Called for a frame that was skipped because of an error; see `Candling.live`. */
  readonly onError?: (error: CandlingError) => void;
  /** One of `candling.colormaps`. Default: `"turbo"`. */
  readonly colormap?: string;
  /** Opacity of the map over the frame, 0 to 1. Default: 0.5. */
  readonly opacity?: number;
  readonly fit?: Fit;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/** The explanation of a frame, and the state of the stream. */
export interface LiveFrame extends FrameAnswer, LiveStats {}

export interface LiveStats {
  /** Frames that were explained. */
  readonly frames: number;
  /** Frames that were dropped because a newer one came before the worker was free. */
  readonly dropped: number;
  /** Frames that were skipped because of an error. */
  readonly failed: number;
  /** Explained frames per second, over about the last second. */
  readonly fps: number;
}

/** Number of failures in a row that ends the stream. */
const FAILURES = 3;

/**
 * Errors that affect only the current frame. All others, such as a wrong argument or a closed engine, would
 * recur with every frame.
 */
const PASSING: ReadonlySet<string> = new Set([codes.corruptImage, codes.engineCrashed]);

export async function stream(bridge: Bridge, backends: Backends, options: LiveOptions): Promise<LiveStats> {
  checkOptions("live", options);
  const {
    source,
    target,
    layer,
    canvas,
    onFrame,
    onError,
    colormap = "turbo",
    opacity = 0.5,
    fit = "squash",
    signal,
  } = options;
  check(
    canvas !== undefined || onFrame !== undefined,
    "live: canvas",
    "needed where there is no onFrame",
    canvas,
  );
  check(onFrame === undefined || typeof onFrame === "function", "live: onFrame", "a function", onFrame);
  check(onError === undefined || typeof onError === "function", "live: onError", "a function", onError);
  check(typeof fit === "string", "live: fit", '"squash" or "crop"', fit);
  check(
    layer === undefined || typeof layer === "string",
    "live: layer",
    "the name of one in candling.info.layers",
    layer,
  );
  check(typeof colormap === "string", "live: colormap", "one of candling.colormaps", colormap);
  check(typeof opacity === "number", "live: opacity", "a number from 0 to 1", opacity);
  if (target !== undefined) checkTarget("live", target);
  const show = canvas === undefined ? undefined : screen(canvas);
  const ask = {
    fit,
    ...(target === undefined ? {} : { target }),
    ...(layer === undefined ? {} : { layer }),
    ...(show === undefined ? {} : { paint: { colormap, opacity } }),
  };

  if (signal?.aborted) return { frames: 0, dropped: 0, failed: 0, fps: 0 };
  const over = new AbortController();
  const follow = () => over.abort();
  signal?.addEventListener("abort", follow);
  try {
    const frames = framesOf(source, over.signal);
    const pace = new Pace();
    let [explained, failed, inARow] = [0, 0, 0];
    const stats = (): LiveStats => ({ frames: explained, dropped: frames.dropped, failed, fps: pace.fps });
    for (let frame = await frames.next(); frame !== undefined; frame = await frames.next()) {
      let answer: Answer<"frame">;
      try {
        checkOpen(frame);
        answer = await bridge.call(
          "frame",
          { ...ask, frame },
          {
            transfer: (ask) => [ask.frame],
            signal: over.signal,
            discard: (late) => late.picture?.close(),
          },
        );
      } catch (error) {
        // no effect if it was transferred
        frame.close();
        if (over.signal.aborted) break;
        if (!(error instanceof CandlingError && PASSING.has(error.code))) throw error;
        failed += 1;
        inARow += 1;
        if (inARow === FAILURES) throw error;
        onError?.(error);
        continue;
      }
      backends.answered(answer.backend);
      inARow = 0;
      explained += 1;
      pace.tick();
      const { picture, ...found } = answer;
      if (picture !== undefined) show?.(picture);
      onFrame?.({ ...found, ...stats() });
    }
    return stats();
  } finally {
    signal?.removeEventListener("abort", follow);
    over.abort();
  }
}

/** Refuses a closed frame, which the worker would refuse for a misleading reason. */
function checkOpen(frame: Frame): void {
  if ((frame instanceof ImageBitmap ? frame.width : frame.displayWidth) > 0) return;
  throw new CandlingError({
    code: codes.corruptImage,
    message: `the ${nameOf(frame)} is empty; it was closed before its turn`,
  });
}

/** Shows bitmaps on a canvas. */
function screen(canvas: HTMLCanvasElement | OffscreenCanvas): (picture: ImageBitmap) => void {
  const isCanvas = canvas instanceof HTMLCanvasElement || canvas instanceof OffscreenCanvas;
  check(isCanvas, "live: canvas", "a canvas", canvas);
  const context = canvas.getContext("bitmaprenderer") as ImageBitmapRenderingContext | null;
  if (context === null) {
    throw new CandlingError({
      code: codes.badArgument,
      message:
        "live: the canvas has a context of another kind, from being drawn on before; give it a fresh canvas",
    });
  }
  return (picture) => {
    if (canvas.width !== picture.width) canvas.width = picture.width;
    if (canvas.height !== picture.height) canvas.height = picture.height;
    context.transferFromImageBitmap(picture);
  };
}

/** Frame rate. */
class Pace {
  static readonly #WINDOW_MS = 1000;
  #times: number[] = [];

  tick(): void {
    const now = performance.now();
    this.#times.push(now);
    while (this.#times.length > 2 && now - (this.#times[1] ?? now) >= Pace.#WINDOW_MS) this.#times.shift();
  }

  get fps(): number {
    const [first, last] = [this.#times[0], this.#times.at(-1)];
    return first === undefined || last === undefined || last === first
      ? 0
      : ((this.#times.length - 1) * 1000) / (last - first);
  }
}
