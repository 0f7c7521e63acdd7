/**
 * Size of the wasm memory after one Guided Backprop, and after hundreds. It only ever grows, so this is also
 * its peak.
 */
import { operation, withPages } from "../lib/chromium.mjs";
import { OWN, requireBuilds } from "../lib/engines.mjs";
import { table } from "../lib/table.mjs";

export const name = "memory";
export const title = "Memory";

/** Number of runs, as in the target. */
const MANY = 500;
const STEP = 50;

export async function measure({ lib }) {
  requireBuilds(lib);
  return withPages(lib, async (open) => {
    const rows = [];
    for (const { name, query } of OWN) {
      const page = await open(query);
      const guided = operation(page, "guided-backprop");
      const bytes = () => page.evaluate(() => window.bench.memory());
      await guided.time(1);
      const once = await bytes();
      for (let done = 1; done < MANY; done += STEP) await guided.time(Math.min(STEP, MANY - done));
      rows.push({ name, once, many: await bytes() });
      await page.close();
    }
    return { rows };
  });
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

export function render({ rows }) {
  const cells = rows.map(({ name, once, many }) => [name, megabytes(once), megabytes(many)]);
  return table(["Guided Backprop", "MB after one", `MB after ${MANY}`], cells);
}
