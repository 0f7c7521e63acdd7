/** Examination of a photo: prediction and evidence, as in a row of `candling audit`. */
import { type Candling, type Explanation, paint, type Run } from "../candling.js";
import { chosenColours } from "../site/colours.js";
import { usualOpacity } from "../words/colours.js";
import type { Mask } from "./mask.js";
import type { Trainer } from "./trainer.js";

/** The prediction of a model for a photo, with its evidence. */
export interface Sight {
  /** Index of the likeliest class, and its softmax probability, 0 to 1. */
  readonly predicted: number;
  readonly probability: number;
  /** The layer at which Grad-CAM was computed. */
  readonly layer: string;
  /** Grad-CAM for that class: small, and enough to measure it in any region without the network. */
  readonly map: Measured;
  /** Notes of the run on defects in spite of which the photo was read. */
  readonly notes: readonly string[];
}

/** A canvas on which a photo is painted with its map. */
export interface PaintTarget {
  readonly canvas: HTMLCanvasElement;
  /** Longest side of the painted picture in pixels. */
  readonly size: number;
}

/** Options, all of them optional. */
export interface ExamineOptions {
  /** Aborts the examination. */
  readonly signal?: AbortSignal;
  /** Receives the picture; without it nothing is painted. */
  readonly place?: PaintTarget;
}

/** Runs the network on the photo and computes Grad-CAM for the predicted class at the evidence layer. */
export async function examine(
  candling: Candling,
  photo: Blob,
  { place, ...options }: ExamineOptions = {},
): Promise<Sight> {
  const run = await candling.run(photo, options);
  try {
    const [best] = run.predictions;
    if (best === undefined) throw new Error("a model without classes");
    const explained = await run.explain({
      method: "grad-cam",
      target: best.index,
      layer: candling.info.evidenceLayer,
      ...options,
    });
    if (place !== undefined) await paintMap(place.canvas, explained, place.size);
    const { data, height, width, layer = "", view } = explained;
    const map = { data, height, width, view, run: { width: run.width, height: run.height } };
    return { predicted: best.index, probability: best.probability, layer, map, notes: run.notes };
  } finally {
    run.free();
  }
}

/** Paints a map in the chosen colours, which the canvas records (`data-colours`). */
export async function paintMap(canvas: HTMLCanvasElement, map: Explanation, size: number): Promise<boolean> {
  const colormap = chosenColours();
  const isPainted = await paint(canvas, map, { colormap, opacity: usualOpacity(colormap), maxSize: size });
  if (isPainted) canvas.dataset.colours = colormap;
  return isPainted;
}

/** Whether other colours have been chosen since a canvas was painted. */
export function hasOldColours({ dataset }: HTMLCanvasElement): boolean {
  return dataset.colours !== chosenColours();
}

/** The part of a map that is needed to measure it, which can be kept without its run. */
export type Measured = Pick<Explanation, "data" | "height" | "width" | "view"> & {
  readonly run: Pick<Run, "width" | "height">;
};

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
