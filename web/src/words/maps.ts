/** What there is to say of a map: how strong it is, and where. */
import type { Explanation } from "../candling.js";
import { number } from "./numbers.js";

/** Said in place of a number where there is nothing to see. */
function nothing({ counterfactual }: Explanation): string {
  return counterfactual ? "nothing in this layer speaks against this class" : "no positive evidence for this class in this layer";
}

/** How strong a map is at its peak, un-normalised; 0 or less where there is nothing to see. */
export function strength({ peak, channels }: Explanation): number {
  return channels === 1 ? peak.value : Math.abs(peak.value);
}

/** The line under a view: its raw, un-normalised strength. */
export function reading(map: Explanation): string {
  if (strength(map) <= 0) return nothing(map);
  if (map.channels === 1) return `maximum ${number(map.max)} · ${map.layer}, ${map.height}×${map.width}`;
  return `largest magnitude ${number(strength(map))}`;
}

/** A view in a sentence, for those who do not see it. */
export function description(title: string, label: string, map: Explanation): string {
  if (strength(map) <= 0) return `${gist(title, label, map)}.`;
  return `${gist(title, label, map)}; ${reading(map)}.`;
}

/** The same without its numbers, and without a full stop. */
export function gist(title: string, label: string, map: Explanation): string {
  return `${title} for ${label}: ${strength(map) <= 0 ? nothing(map) : `strongest ${place(map)}`}`;
}

function place({ peak, run }: Explanation): string {
  const third = (at: number, length: number) => Math.min(2, Math.floor((3 * at) / length));
  const column = ["on the left", "in the middle", "on the right"][third(peak.x, run.width)];
  const row = [", at the top", "", ", at the bottom"][third(peak.y, run.height)];
  return `${column}${row}`;
}

/** Where the evidence of a CAM lies, from all of it and not from its peak alone. `what` is what a lit place does: "speaks for tabby". */
export function whereabouts(what: string, map: Explanation): string {
  if (strength(map) <= 0) return `Nothing in this layer ${what}.`;
  const columns = shares(map, ({ x }) => x / map.run.width);
  const rows = shares(map, ({ y }) => y / map.run.height);
  const most = (all: readonly number[]) => all.indexOf(Math.max(...all));
  const share = (all: readonly number[]) => `${Math.round(100 * (all[most(all)] ?? 0))}\u00a0%`;
  const column = ["left", "central", "right"][most(columns)];
  const row = ["upper", "middle", "lower"][most(rows)];
  return `${share(columns)} of what ${what} lies in the ${column} third of the photo; from top to bottom, ${share(rows)} in the ${row} third.`;
}

/** How much of a map's positive values lies in each third of the photo. */
function shares(
  { data, height, width, view }: Explanation,
  along: (at: { readonly x: number; readonly y: number }) => number,
): readonly number[] {
  const thirds = [0, 0, 0];
  data.forEach((value, cell) => {
    const x = view.x + (((cell % width) + 0.5) / width) * view.width;
    const y = view.y + ((Math.floor(cell / width) + 0.5) / height) * view.height;
    const third = Math.min(2, Math.floor(3 * along({ x, y })));
    thirds[third] = (thirds[third] ?? 0) + Math.max(0, value);
  });
  const all = thirds.reduce((sum, part) => sum + part, 0);
  return thirds.map((part) => part / all);
}
