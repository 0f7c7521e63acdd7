/** The class at a point of the picture. */
import type { Explanation } from "../candling.js";
import { SHOWN } from "./answers.js";
import type { LabState } from "./experiment.js";
import { itemAt } from "../platform/known.js";

/** Least share of its map's maximum that a class must reach at a point to have evidence there. */
const EVIDENT = 1 / 3;

/**
 * The likeliest class with evidence at a point, in shares of the photo, at the last layer; undefined if none
 * has any.
 */
export async function classAt({ run }: LabState, x: number, y: number): Promise<number | undefined> {
  for (const { index } of run.predictions.slice(0, SHOWN)) {
    const map = await run.explain({ method: "grad-cam", target: index });
    if (map.max > 0 && valueAt(map, x * run.width, y * run.height) >= EVIDENT * map.max) return index;
  }
  return undefined;
}

/**
 * A map's value at a pixel of the photo, as it is painted: bilinear between the centres of its cells; 0
 * outside of what the network saw.
 */
function valueAt({ data, width, height, view }: Explanation, x: number, y: number): number {
  const [across, down] = [((x - view.x) / view.width) * width, ((y - view.y) / view.height) * height];
  if (across < 0 || down < 0 || across > width || down > height) return 0;
  const along = (at: number, length: number) => Math.min(length - 1, Math.max(0, at - 0.5));
  const [column, row] = [along(across, width), along(down, height)];
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const cell = (i: number, j: number) =>
    itemAt(data, Math.min(height - 1, j) * width + Math.min(width - 1, i));
  const between = (j: number) => cell(left, j) + (column - left) * (cell(left + 1, j) - cell(left, j));
  return between(top) + (row - top) * (between(top + 1) - between(top));
}
