/** Descriptions of a map: how strong it is, and where. */
import type { Explanation } from "../candling.js";
import { fraction, number } from "./numbers.js";

/** The text in place of a number if there is nothing to see. */
function nothing(map: Explanation): string {
  const place = placeOf(map);
  return map.counterfactual
    ? `nothing in this ${place} speaks against this class`
    : `no positive evidence for this class in this ${place}`;
}

/** The place where a map finds evidence, or none. */
function placeOf({ layer }: Explanation): string {
  return layer === undefined ? "photo" : "layer";
}

/** The value at a map's peak, un-normalised; 0 or less if there is nothing to see. */
export function peakValue({ peak, channels }: Explanation): number {
  return channels === 1 ? peak.value : Math.abs(peak.value);
}

/** The line under a view: its raw, un-normalised strength. */
export function peakText(map: Explanation): string {
  if (peakValue(map) <= 0) return nothing(map);
  const place = map.layer === undefined ? "" : `${map.layer}, `;
  if (map.channels === 1) return `maximum ${number(map.max)} · ${place}${map.height}×${map.width}`;
  return `largest magnitude ${number(peakValue(map))}`;
}

/** A view in a sentence, for screen readers. */
export function description(title: string, label: string, map: Explanation): string {
  if (peakValue(map) <= 0) return `${shortDescription(title, label, map)}.`;
  return `${shortDescription(title, label, map)}; ${peakText(map)}.`;
}

/** The same without its numbers, and without a full stop. */
export function shortDescription(title: string, label: string, map: Explanation): string {
  return `${title} for ${label}: ${peakValue(map) <= 0 ? nothing(map) : `strongest ${place(map)}`}`;
}

function place({ peak, run }: Explanation): string {
  const third = (at: number, length: number) => Math.min(2, Math.floor((3 * at) / length));
  const column = ["on the left", "in the middle", "on the right"][third(peak.x, run.width)];
  const row = [", at the top", "", ", at the bottom"][third(peak.y, run.height)];
  return `${column}${row}`;
}

/**
 * Largest difference from a third that a map of 7×7 cells cannot tell from an even spread, about a twelfth of
 * the whole.
 */
const EVENLY = 1 / 12;

/**
 * Describes where the evidence of a CAM lies, from all of it and not from its peak alone. `what` is what a
 * lit place does: "speaks for tabby". A map of 7×7 cells is accurate to about a twelfth of the whole, so
 * shares are given as fractions in words.
 */
export function whereabouts(what: string, map: Explanation): string {
  if (peakValue(map) <= 0) return `Nothing in this ${placeOf(map)} ${what}.`;
  const { height, run, view, width } = map;
  const columns = shares(map, (cell) => [cell % width, width], view.x / run.width, view.width / run.width);
  const rows = shares(
    map,
    (cell) => [Math.floor(cell / width), height],
    view.y / run.height,
    view.height / run.height,
  );
  const column = telling(columns);
  const row = telling(rows);
  const across =
    column === undefined
      ? `What ${what} is spread about evenly from left to right`
      : `${column.share} of what ${what} lies in the ${["left", "central", "right"][column.third]} third of the photo`;
  const down =
    row === undefined
      ? "it is spread about evenly"
      : `${row.share} in the ${["upper", "middle", "lower"][row.third]} third`;
  return `${across.replace(/^./, (first) => first.toUpperCase())}; from top to bottom, ${down}.`;
}

/**
 * The most informative third, and the share in it: the one with the most, or, if that has no more than an
 * even spread would give it, the one with the least; undefined if all three are alike.
 */
function telling(thirds: readonly number[]): { readonly third: number; readonly share: string } | undefined {
  const [least, most] = [Math.min(...thirds), Math.max(...thirds)];
  if (most > 1 / 3 + EVENLY) return { third: thirds.indexOf(most), share: fraction(most) };
  if (least < 1 / 3 - EVENLY) return { third: thirds.indexOf(least), share: `only ${fraction(least)}` };
  return undefined;
}

/**
 * The share of a map's positive values in each third of the photo, along one side. `place` is the index of a
 * cell along that side, and the number of cells; these cover `length` of the side from `start` on, both as
 * shares of it. A cell across two thirds counts in both, by its parts.
 */
function shares(
  { data }: Explanation,
  place: (cell: number) => readonly [at: number, of: number],
  start: number,
  length: number,
): readonly number[] {
  const thirds = [0, 1, 2].map((third) =>
    data.reduce((sum, value, cell) => {
      const [at, of] = place(cell);
      const from = start + (at / of) * length;
      const to = start + ((at + 1) / of) * length;
      const inside = Math.max(0, Math.min(to, (third + 1) / 3) - Math.max(from, third / 3));
      return sum + (Math.max(0, value) * inside) / (to - from);
    }, 0),
  );
  const all = thirds.reduce((sum, part) => sum + part, 0);
  return thirds.map((part) => part / all);
}
