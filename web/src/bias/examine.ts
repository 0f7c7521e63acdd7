/** What a model says of a photo, and where it looks: the same as a line of `candling audit`. */
import { type Candling, type Explanation, paint, type Run } from "../candling.js";
import { LIGHT, usualOpacity } from "../words/colours.js";
import type { Mask } from "./mask.js";
import type { Trainer } from "./trainer.js";

/** A photo whose class is known. */
export interface Known {
  readonly photo: Blob;
  /** Index of its class in the model. */
  readonly label: number;
}

export interface Finding {
  /** Index of the likeliest class, and its softmax probability, 0 to 1. */
  readonly predicted: number;
  readonly probability: number;
  readonly correct: boolean;
  /** For each mask, the share of Grad-CAM's evidence for what was predicted that lies in it, 0 to 1; undefined without evidence. */
  readonly evidence: readonly (number | undefined)[];
}

export interface Examination {
  /** The longest side of what is painted, in pixels. */
  readonly size: number;
  /** Gets the photo with its map; nothing is painted where left out. */
  readonly canvas?: HTMLCanvasElement;
  readonly signal?: AbortSignal;
}

/** Runs the photo, asks Grad-CAM for what was predicted, and measures it in each of the masks. */
export async function examine(
  candling: Candling,
  trainer: Trainer,
  { photo, label }: Known,
  masks: readonly Mask[],
  { size, canvas, signal }: Examination,
): Promise<Finding> {
  const run = await candling.run(photo, signal === undefined ? {} : { signal });
  try {
    const [best] = run.predictions;
    if (best === undefined) throw new Error("a model without classes");
    const map = await run.explain({ method: "grad-cam", target: best.index });
    if (canvas !== undefined) await light(canvas, map, size);
    const evidence = await Promise.all(masks.map((mask) => evidenceIn(trainer, map, mask)));
    return { predicted: best.index, probability: best.probability, correct: best.index === label, evidence };
  } finally {
    run.free();
  }
}

/** Paints a map in the page's own colours: light where there is evidence. */
export async function light(canvas: HTMLCanvasElement, map: Explanation, size: number): Promise<boolean> {
  return paint(canvas, map, { colormap: LIGHT, opacity: usualOpacity(LIGHT), maxSize: size });
}

/** All that is measured of a map: enough where it is kept and its run is not. */
export type Measured = Pick<Explanation, "data" | "height" | "width" | "view"> & { readonly run: Pick<Run, "width" | "height"> };

/** The share of a map's evidence inside a mask; undefined for a map without evidence. */
export function evidenceIn(trainer: Trainer, map: Measured, mask: Mask): Promise<number | undefined> {
  const { x, y, width, height } = map.view;
  const [across, down] = [mask.width / map.run.width, mask.height / map.run.height];
  return trainer.evidence({
    map: map.data,
    height: map.height,
    width: map.width,
    mask: mask.data,
    maskHeight: mask.height,
    maskWidth: mask.width,
    view: [x * across, y * down, width * across, height * down],
  });
}
