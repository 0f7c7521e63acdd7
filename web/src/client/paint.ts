import { codes } from "../protocol.js";
import { check, checkOptions } from "./check.js";
import { Explanation } from "./explanation.js";
import { CandlingError } from "./error.js";

export interface PaintOptions {
  /** One of `candling.colormaps`. Default: `"turbo"`. Maps of three channels have their own colours. */
  readonly colormap?: string;
  /** Opacity of the map over the photo, 0 to 1. Default: 0.5. */
  readonly opacity?: number;
  /** Value of the last colour, above 0, for maps that are to be compared. Default: the map's own maximum. */
  readonly scale?: number | undefined;
  /** `false`: the map alone, on a transparent canvas. */
  readonly photo?: boolean;
  /** Longest side of the canvas in pixels. */
  readonly maxSize?: number;
  /** Once aborted, nothing is drawn. */
  readonly signal?: AbortSignal | undefined;
}

/** The pending `paint` of each canvas. */
const latest = new WeakMap<HTMLCanvasElement, AbortController>();

/**
 * Draws the photo, and the map over exactly its part of it. Sets the canvas's size: the photo's, reduced to
 * fit `maxSize`, or enlarged if the map has finer cells than the photo.
 *
 * Resolves with `true` once drawn; with `false`, and nothing drawn, if a later `paint` on the same canvas
 * took over or `signal` was aborted. Until then the canvas keeps what it showed.
 */
export async function paint(
  canvas: HTMLCanvasElement,
  map: Explanation,
  options: PaintOptions = {},
): Promise<boolean> {
  check(canvas instanceof HTMLCanvasElement, "paint: the first argument", "a canvas element", canvas);
  check(map instanceof Explanation, "paint: the second argument", "an Explanation", map);
  checkOptions("paint", options);
  const { colormap = "turbo", opacity = 0.5, scale, photo = true, maxSize = 1024, signal } = options;
  check(
    typeof maxSize === "number" && maxSize >= 1,
    "paint: maxSize",
    "a number of pixels, 1 or more",
    maxSize,
  );
  latest.get(canvas)?.abort();
  const turn = new AbortController();
  latest.set(canvas, turn);
  const over = signal === undefined ? turn.signal : AbortSignal.any([turn.signal, signal]);

  const { width, height, seen } = frame(map, maxSize);
  let picture: ImageBitmap;
  try {
    picture = await map.render({
      width: seen.width,
      height: seen.height,
      colormap,
      opacity,
      scale,
      signal: over,
    });
  } catch (error) {
    if (over.aborted) return false;
    throw error;
  }
  try {
    if (over.aborted) return false;
    if (photo && map.run.freed) {
      throw new CandlingError({
        code: codes.runFreed,
        message: "paint: the run was freed, and its photo with it",
      });
    }
    const context = canvas.getContext("2d");
    if (context === null) {
      throw new CandlingError({ code: codes.badArgument, message: "paint: the canvas has no 2d context" });
    }
    // sizing a canvas clears it, but both happen before the browser repaints
    canvas.width = width;
    canvas.height = height;
    if (photo && map.run.photo !== undefined) {
      // white, as that is what the network sees behind transparent pixels
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
      context.drawImage(map.run.photo, 0, 0, width, height);
    }
    context.drawImage(picture, seen.x, seen.y);
    return true;
  } finally {
    picture.close();
  }
}

/** Size of the canvas, and the map's area on it, both in whole pixels. */
function frame({ run, view, width, height }: Explanation, maxSize: number) {
  const enlarge = Math.max(1, width / view.width, height / view.height);
  const scale = Math.min(enlarge, maxSize / Math.max(run.width, run.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const x = Math.round(view.x * scale);
  const y = Math.round(view.y * scale);
  return {
    width: side(run.width),
    height: side(run.height),
    seen: {
      x,
      y,
      width: Math.max(1, Math.round((view.x + view.width) * scale) - x),
      height: Math.max(1, Math.round((view.y + view.height) * scale) - y),
    },
  };
}
