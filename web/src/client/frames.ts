/**
 * Video as frames, of which only the newest counts.
 *
 * A source pushes each frame as it comes; one waits, and is dropped if the next one comes before it was
 * taken. So a frame is never older than the source's own interval, however slow the consumer is.
 */
import { codes } from "../protocol.js";
import { check, nameOf } from "./check.js";
import { CandlingError } from "./error.js";

/** A picture in transit. Its receiver closes it. */
export type Frame = ImageBitmap | VideoFrame;

/** Sources for `Candling.live`. Frames of an iterator belong to the stream, which closes them. */
export type FrameSource =
  | HTMLVideoElement
  | MediaStreamTrack
  | HTMLCanvasElement
  | OffscreenCanvas
  | AsyncIterable<Frame>;

/** The slot of the newest frame. */
export class FrameSlot {
  #frame: Frame | undefined;
  #wake: (() => void) | undefined;
  #ended = false;
  #failure: unknown;
  /** Number of frames that were never taken. */
  dropped = 0;

  push(frame: Frame): void {
    if (this.#ended) return frame.close();
    this.drop();
    this.#frame = frame;
    this.#wake?.();
  }

  /** The newest frame, as soon as there is one; undefined once the source has ended. */
  async next(): Promise<Frame | undefined> {
    while (this.#frame === undefined && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }

  /** Discards the waiting frame. */
  drop(): void {
    if (this.#frame === undefined) return;
    this.#frame.close();
    this.#frame = undefined;
    this.dropped += 1;
  }

  /** Ends the stream. A failure is thrown to the next `next`; otherwise the last frame may still be taken. */
  end(failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    if (failure !== undefined) this.drop();
    this.#wake?.();
  }
}

/** Frames of a source until `over` is aborted; none while the page is hidden. */
export function framesOf(source: FrameSource, over: AbortSignal): FrameSlot {
  const slot = new FrameSlot();
  over.addEventListener("abort", () => {
    slot.end();
    slot.drop();
  });
  // a frame from before the page was hidden is no longer live
  document.addEventListener("visibilitychange", () => document.hidden && slot.drop(), { signal: over });
  if (source instanceof HTMLVideoElement) watchVideo(source, slot, over);
  else if (source instanceof MediaStreamTrack) watchTrack(source, slot, over);
  else if (source instanceof HTMLCanvasElement || source instanceof OffscreenCanvas)
    watchCanvas(source, slot, over);
  else {
    const iterable = typeof source === "object" && source !== null && Symbol.asyncIterator in source;
    check(iterable, "live: source", "a video, MediaStreamTrack, canvas or async iterator of frames", source);
    pull(source, slot, over).catch((error) => slot.end(error));
  }
  return slot;
}

/** Pushes each frame that a video shows; browsers call back for none while the page is hidden. */
function watchVideo(video: HTMLVideoElement, slot: FrameSlot, over: AbortSignal): void {
  const take = () =>
    capture(slot, video, () => (typeof VideoFrame === "function" ? new VideoFrame(video) : undefined));
  const onFrame = () => {
    take();
    handle = video.requestVideoFrameCallback(onFrame);
  };
  let handle = video.requestVideoFrameCallback(onFrame);
  over.addEventListener("abort", () => video.cancelVideoFrameCallback(handle));
  // a paused video shows a frame, but never calls back
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) take();
}

/** Plays a track in a video element, as browsers differ in how a track gives frames. */
function watchTrack(track: MediaStreamTrack, slot: FrameSlot, over: AbortSignal): void {
  check(track.kind === "video", "live: source", "a track of video", `a track of ${track.kind}`);
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  watchVideo(video, slot, over);
  over.addEventListener("abort", () => {
    video.srcObject = null;
  });
  track.addEventListener("ended", () => slot.end(), { signal: over });
  if (track.readyState === "ended") slot.end();
  video.play().catch((error) => slot.end(error));
}

/**
 * Captures a canvas at each animation frame: it does not report when it was drawn on, and some keep their
 * picture only until it is shown.
 */
function watchCanvas(canvas: HTMLCanvasElement | OffscreenCanvas, slot: FrameSlot, over: AbortSignal): void {
  const onFrame = () => {
    capture(slot, canvas, () => undefined);
    handle = requestAnimationFrame(onFrame);
  };
  let handle = requestAnimationFrame(onFrame);
  over.addEventListener("abort", () => cancelAnimationFrame(handle));
}

/** Pushes the picture of an element: the result of `make`, else its bitmap. */
function capture(
  slot: FrameSlot,
  source: HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas,
  make: () => Frame | undefined,
): void {
  const fail = (cause: unknown) => {
    const tainted = cause instanceof DOMException && cause.name === "SecurityError";
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
    slot.end(
      new CandlingError({
        code: tainted ? codes.taintedImage : codes.corruptImage,
        message: `the ${nameOf(source)} gives no frame: ${reason}`,
      }),
    );
  };
  try {
    const frame = make();
    if (frame !== undefined) slot.push(frame);
    else createImageBitmap(source).then((bitmap) => slot.push(bitmap), fail);
  } catch (cause) {
    fail(cause);
  }
}

/**
 * Requests frame after frame from an iterator, also while one is worked on, so that what it would queue is
 * dropped here.
 */
async function pull(source: AsyncIterable<unknown>, slot: FrameSlot, over: AbortSignal): Promise<void> {
  const frames = source[Symbol.asyncIterator]();
  try {
    while (!over.aborted) {
      await shown(over);
      const { done, value } = await frames.next();
      if (done) return slot.end();
      const isFrame =
        value instanceof ImageBitmap || (typeof VideoFrame === "function" && value instanceof VideoFrame);
      check(isFrame, "live: a frame", "an ImageBitmap or VideoFrame", value);
      slot.push(value as Frame);
      // an iterator that always has a frame ready must not block the page
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    // queued behind a `next` that may never settle, hence not awaited
    frames.return?.().catch(() => {});
  }
}

/** Resolves once the page is visible, or the stream is over. */
function shown(over: AbortSignal): Promise<void> {
  if (!document.hidden || over.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = new AbortController();
    const onChange = () => {
      if (document.hidden && !over.aborted) return;
      done.abort();
      resolve();
    };
    document.addEventListener("visibilitychange", onChange, { signal: done.signal });
    over.addEventListener("abort", onChange, { signal: done.signal });
  });
}
