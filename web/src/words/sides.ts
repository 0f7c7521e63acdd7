/** Which of two maps is seen on which side of a divider, and where the divider stands. */
import type { Explanation } from "../candling.js";

export interface Sides {
  /** Whether the first map lies to the right of the divider, and the second to the left. */
  readonly flipped: boolean;
  /** Position of the divider, in per cent of the figure from the left. */
  readonly cut: number;
}

/** Size of what the photo is shown in, of any unit: the photo keeps its proportions in the middle of it. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** The divider is never at an edge, where it could not be seen. */
const [FIRST, LAST] = [5, 95];
/**
 * The first map is on the left, as people read, unless more than this much more would be seen the other way
 * round.
 */
const CLEARLY = 0.05;
/** A divider that somebody has put somewhere stays there as long as so much of each map is seen. */
const ENOUGH = 0.25;

/**
 * Where most of both maps is seen: the place at which the map that loses more to the divider loses least, the
 * nearest to the middle if there are several. A map without positive values has nothing to lose. `kept` is
 * where somebody has put the divider.
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
 * The share of a map's light that lies left of a place, in per cent of the figure; nothing, of a map without
 * any. By the squares of its values: the eye goes where they are largest.
 */
type Left = ((cut: number) => number) | null;

function leftOf({ data, width, height, view, run }: Explanation, box: Box): Left {
  const columns = Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < height; row++) sum += Math.max(0, data[row * width + column] ?? 0) ** 2;
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

/** How much is seen of the map of which less is seen. */
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
