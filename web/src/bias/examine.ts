/** What a model says of a photo, and where it looks: the same as a line of `candling audit`. */
import { type Candling, type Explanation, paint, type Run } from "../candling.js";
import { chosenColours } from "../site/colours.js";
import { usualOpacity } from "../words/colours.js";
import type { Mask } from "./mask.js";
import type { Trainer } from "./trainer.js";

/** What a model takes a photo for, and where it looks. */
export interface Sight {
  /** Index of the likeliest class, and its softmax probability, 0 to 1. */
  readonly predicted: number;
  readonly probability: number;
  /** Where Grad-CAM was taken. */
  readonly layer: string;
  /** Grad-CAM for that class: small, and enough to measure it in any region without the network. */
  readonly map: Measured;
  /** Notes of the run: what the photo was read in spite of. */
  readonly notes: readonly string[];
}

/** Where a photo is painted with its map. */
export interface Place {
  readonly canvas: HTMLCanvasElement;
  /** The longest side of what is painted, in pixels. */
  readonly size: number;
}

/** None of it is needed. */
export interface ExamineOptions {
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** Gets the picture; nothing is painted without. */
  readonly place?: Place;
}

/** Runs the photo and asks Grad-CAM for what was predicted, where shares of it are measured. */
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
    if (place !== undefined) await light(place.canvas, explained, place.size);
    const { data, height, width, layer = "", view } = explained;
    const map = { data, height, width, view, run: { width: run.width, height: run.height } };
    return { predicted: best.index, probability: best.probability, layer, map, notes: run.notes };
  } finally {
    run.free();
  }
}

/** Paints a map in the colours that are chosen; the canvas says in which (`data-colours`). */
export async function light(canvas: HTMLCanvasElement, map: Explanation, size: number): Promise<boolean> {
  const colormap = chosenColours();
  const isPainted = await paint(canvas, map, { colormap, opacity: usualOpacity(colormap), maxSize: size });
  if (isPainted) canvas.dataset.colours = colormap;
  return isPainted;
}

/** Whether others have been chosen since a canvas was painted. */
export function isFaded({ dataset }: HTMLCanvasElement): boolean {
  return dataset.colours !== chosenColours();
}

/** All that is measured of a map: enough where it is kept and its run is not. */
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
