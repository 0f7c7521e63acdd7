/** Sides of two maps at a divider, and the divider's position. */
import type { Explanation } from "../candling.js";
import { itemAt } from "../platform/known.js";

export interface Sides {
  /** Whether the first map lies to the right of the divider, and the second to the left. */
  readonly flipped: boolean;
  /** Position of the divider, in per cent of the figure from the left. */
  readonly cut: number;
}

/** Size of the figure, in any unit: the photo keeps its proportions in the middle of it. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Range of the divider, which would be invisible at an edge. */
const [FIRST, LAST] = [5, 95];
/**
 * The first map is on the left, as people read, unless more than this much more would be visible the other
 * way round.
 */
const CLEARLY = 0.05;
/** A divider that the visitor has moved stays there as long as this share of each map is visible. */
const ENOUGH = 0.25;

/**
 * The arrangement that shows most of both maps: the divider's position at which the map that loses more to it
 * loses least, the nearest to the middle if there are several. A map without positive values has nothing to
 * lose. `kept` is where the visitor has put the divider.
 */
export function sidesOf(maps: readonly Explanation[], box: Box, kept?: number): Sides {
  const [first, second] = maps.map((map) => leftOf(map, box));
  if (first === undefined || second === undefined) return { flipped: false, cut: kept ?? 50 };
  const straight = best(first, second);
  const turned = best(second, first);
  const flipped = turned.seen > straight.seen + CLEARLY;
  const { cut, seen } = flipped ? turned : straight;
  const isEnough =
    kept !== undefined &&
    seenAt(flipped ? second : first, flipped ? first : second, kept) >= Math.min(ENOUGH, seen);
  return { flipped, cut: isEnough ? kept : cut };
}

/**
 * The share of a map's light to the left of a position, in per cent of the figure; null for a map without
 * any. By the squares of its values, as the eye goes where they are largest.
 */
type Left = ((cut: number) => number) | null;

function leftOf({ data, width, height, view, run }: Explanation, box: Box): Left {
  const columns = Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < height; row++) sum += Math.max(0, itemAt(data, row * width + column)) ** 2;
    return sum;
  });
  const all = columns.reduce((sum, column) => sum + column, 0);
  if (!(all > 0)) return null;
  const shown = Math.min(box.width, (box.height * run.width) / run.height);
  return (cut) => {
    const x = (((cut / 100) * box.width - (box.width - shown) / 2) / shown) * run.width;
    const at = ((x - view.x) / view.width) * width;
    return (
      columns.reduce((sum, column, index) => sum + column * Math.min(1, Math.max(0, at - index)), 0) / all
    );
  };
}

/** The visible share of the map of which less is visible. */
function seenAt(left: Left, right: Left, cut: number): number {
  return Math.min(left?.(cut) ?? 1, 1 - (right?.(cut) ?? 0));
}

function best(left: Left, right: Left): { readonly cut: number; readonly seen: number } {
  let found = { cut: 50, seen: seenAt(left, right, 50) };
  for (let away = 1; away <= LAST - 50; away++) {
    for (const cut of [50 - away, 50 + away]) {
      const seen = seenAt(left, right, cut);
      if (cut >= FIRST && seen > found.seen + 1e-6) found = { cut, seen };
    }
  }
  return found;
}
