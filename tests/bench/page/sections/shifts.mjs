/**
 * Cumulative layout shift (web.dev/cls: the worst session of shifts) down to the page's end, on a desktop and
 * a phone.
 */
import { table } from "../../lib/table.mjs";
import { NARROW, WIDE, firstOwnMap, idle, inFreshBrowser, scrollThrough } from "../visit.mjs";
import { watch } from "../watch.mjs";

export const name = "shifts";
export const title = "Layout shifts";

/** A session ends with a second without shifts, and after five. */
const GAP_MS = 1000;
const LENGTH_MS = 5000;

function cumulative(shifts) {
  let [sum, worst, start, last] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  for (const { value, time } of shifts) {
    if (time - last > GAP_MS || time - start > LENGTH_MS) [sum, start] = [0, time];
    sum += value;
    last = time;
    worst = Math.max(worst, sum);
  }
  return worst;
}

async function visit(page) {
  await page.addInitScript(watch);
  await page.goto("/");
  await firstOwnMap(page);
  await idle(page);
  await scrollThrough(page);
  return page.evaluate(() => window.seen.shifts);
}

export async function measure({ origin }) {
  const rows = [];
  for (const viewport of [WIDE, NARROW]) {
    const shifts = await inFreshBrowser(origin, visit, viewport);
    const largest = shifts.toSorted((a, b) => b.value - a.value).slice(0, 5);
    rows.push({ width: viewport.width, cls: cumulative(shifts), largest });
  }
  return { rows };
}

export const worst = ({ rows }) => Math.max(...rows.map(({ cls }) => cls));

export function render({ rows }) {
  const what = ({ value, time, what }) =>
    `${value.toFixed(4)} at ${Math.round(time)} ms (${what.join(", ")})`;
  return table(
    ["viewport", "CLS", "largest shifts"],
    rows.map(({ width, cls, largest }) => [
      `${width} px`,
      cls.toFixed(4),
      largest.map(what).join("; ") || "none",
    ]),
  );
}
