import type {
  Answer,
  Backdrop,
  Backend,
  ExplainTimings,
  Method,
  PlacedMap,
  ResolvedTarget,
  View,
} from "../protocol.js";
import type { Bridge } from "./bridge.js";
import { check, checkOptions, checkPixels } from "./check.js";
import type { Run } from "./run.js";
import { itemAt } from "../platform/known.js";

export interface RenderOptions {
  readonly width: number;
  readonly height: number;
  /** One of `candling.colormaps`; used for maps of one channel. */
  readonly colormap: string;
  /** Strength of the map, 0 to 1. */
  readonly opacity: number;
  /**
   * Value of the last colour, above 0, for maps that are to be compared. Default: the map's own maximum (for
   * three channels, the 99th percentile of the magnitudes).
   */
  readonly scale?: number | undefined;
  readonly signal?: AbortSignal;
}

/** A raw map and its origin. It lives in the page and needs no freeing. */
export class Explanation {
  readonly #bridge: Bridge;
  #peak: number | undefined;
  /** Area of the map on the network's input. */
  readonly #area: PlacedMap["area"];
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
  /** Undefined for methods that go back to the input. */
  readonly layer: string | undefined;
  /**
   * Area of the map on the photo: `run.view`, except for an occlusion map, whose cells lie around the centres
   * of its patches.
   */
  readonly view: View;
  /** The backend that computed it; not always that of its run. */
  readonly backend: Backend;
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
    this.#area = answer.area;
    this.view = partOf(run, answer.area);
    this.backend = answer.backend;
    this.timings = answer.timings;
  }

  /**
   * Position of the strongest value, in pixels of the photo (the centre of that cell), and the value: the
   * largest one for one channel, the one of the largest magnitude for three.
   */
  get peak(): { readonly x: number; readonly y: number; readonly value: number } {
    const { x, y, width, height } = this.view;
    const best = (this.#peak ??= this.#strongest());
    const cell = best % (this.height * this.width);
    return {
      x: x + (((cell % this.width) + 0.5) / this.width) * width,
      y: y + ((Math.floor(cell / this.width) + 0.5) / this.height) * height,
      value: itemAt(this.data, best),
    };
  }

  /**
   * Index of the strongest value. A plain loop, because a pixel map has 150,000 values and this is the page's
   * main thread.
   */
  #strongest(): number {
    const { data, channels } = this;
    let best = 0;
    let strongest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < data.length; index++) {
      const value = data[index] as number;
      const strength = channels === 1 ? value : Math.abs(value);
      if (strength > strongest) {
        strongest = strength;
        best = index;
      }
    }
    return best;
  }

  /** The values and their area. @internal */
  get placed(): PlacedMap {
    const { data, channels, height, width } = this;
    return { data, channels, height, width, area: this.#area };
  }

  /**
   * The squares of `tile` pixels (default: 16) that the network's input is cut into, the most important by
   * the map first; numbered row by row, `⌈inputWidth / tile⌉` in a row. Ordered by the map's mean over each,
   * for maps of three channels by the mean of the magnitudes; equal tiles come in an arbitrary order, the
   * same each time.
   */
  async ranking(tile = 16): Promise<Uint32Array> {
    checkPixels("ranking: tile", tile);
    const { inputHeight, inputWidth } = this.run;
    return this.#bridge.call("ranking", { map: this.placed, inputHeight, inputWidth, tile });
  }

  /** Backdrop of the painted map: the pixels that the network saw. */
  get #backdrop(): { readonly backdrop?: Backdrop } {
    const { seen, inputWidth, inputHeight } = this.run;
    return seen === undefined
      ? {}
      : { backdrop: { seen, width: inputWidth, height: inputHeight, area: this.#area } };
  }

  /** The map as a picture; the caller closes it. `paint` lays it over the photo. */
  async render(options: RenderOptions): Promise<ImageBitmap> {
    const { width, height, colormap, opacity, scale, signal } = checkRender("render", options);
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
        ...(scale === undefined ? {} : { scale }),
        ...this.#backdrop,
      },
      { signal, discard: (late) => late.close() },
    );
  }
}

/** Checks the options for painting. */
export function checkRender(call: string, options: RenderOptions): RenderOptions {
  checkOptions(call, options);
  const { width, height, colormap, opacity, scale } = options;
  check(Number.isInteger(width) && width > 0, `${call}: width`, "a whole number of pixels, 1 or more", width);
  check(
    Number.isInteger(height) && height > 0,
    `${call}: height`,
    "a whole number of pixels, 1 or more",
    height,
  );
  check(typeof colormap === "string", `${call}: colormap`, "one of candling.colormaps", colormap);
  check(typeof opacity === "number", `${call}: opacity`, "a number from 0 to 1", opacity);
  check(scale === undefined || typeof scale === "number", `${call}: scale`, "a number above 0", scale);
  return options;
}

/** A part of the input, in pixels of the photo. */
function partOf({ view, inputWidth, inputHeight }: Run, [left, top, across, down]: PlacedMap["area"]): View {
  const [perColumn, perRow] = [view.width / inputWidth, view.height / inputHeight];
  return {
    x: view.x + left * perColumn,
    y: view.y + top * perRow,
    width: across * perColumn,
    height: down * perRow,
  };
}
