/**
 * A live stream for a minute: Grad-CAM over a moving picture of 224×224, laid over it on a canvas.
 *
 * The time for which the main thread is blocked is the browser's own record of its tasks (tracing, category
 * "toplevel"): by the clock, and by CPU time, which leaves out waiting for a core.
 */
import { withPages } from "../lib/chromium.mjs";
import { median } from "../lib/statistics.mjs";
import { table } from "../lib/table.mjs";

export const name = "stream";
export const title = "Live stream";

/** Seconds of the stream, as in the target; with few runs, as many seconds as runs. */
const SECONDS = 60;
/** Seconds before measuring. */
const WARM_UP_SECONDS = 3;

export async function measure({ runs, lib }) {
  const seconds = runs < 30 ? runs : SECONDS;
  return withPages(lib, async (open) => {
    const page = await open({ page: "client" });
    const stream = (seconds) => page.evaluate((seconds) => window.bench.stream(seconds), seconds);
    const info = await page.evaluate(() => window.bench.info());
    await stream(WARM_UP_SECONDS);
    const browser = page.context().browser();
    await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
    const shown = await stream(seconds);
    const trace = JSON.parse((await browser.stopTracing()).toString());
    return { ...info, seconds, frames: shown.length, ...pace(shown), ...blocks(trace.traceEvents) };
  });
}

function pace(shown) {
  const gaps = shown.slice(1).map((time, i) => time - shown[i]);
  const framesPerSecond = (1000 * gaps.length) / (shown.at(-1) - shown[0]);
  return { framesPerSecond, medianGap: median(gaps), longestGap: Math.max(...gaps) };
}

const MICROSECONDS = 1e3;

/**
 * The longest tasks of the page's main thread: the busiest one among the renderers', for a browser may keep a
 * spare.
 */
function blocks(events) {
  const threads = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const tasksOf = ({ pid, tid }) =>
    events.filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === "X" && event.name.endsWith("RunTask"),
    );
  const tasks = threads.map(tasksOf).reduce((most, next) => (next.length > most.length ? next : most), []);
  if (tasks.length === 0) throw new Error("the browser's trace has no tasks of a page's main thread");
  return {
    tasks: tasks.length,
    longestBlock: tasks.reduce((most, { dur }) => Math.max(most, dur), 0) / MICROSECONDS,
    longestWork: tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0) / MICROSECONDS,
  };
}

export function render({
  build,
  threads,
  seconds,
  frames,
  framesPerSecond,
  medianGap,
  longestGap,
  longestBlock,
  longestWork,
}) {
  const cells = [
    ["frames a second", framesPerSecond.toFixed(1)],
    ["frames", frames],
    ["from frame to frame, median ms", medianGap.toFixed(1)],
    ["from frame to frame, longest ms", longestGap.toFixed(1)],
    ["longest task of the main thread, ms by the clock", longestBlock.toFixed(1)],
    ["the most that a task of it worked, ms of processor", longestWork.toFixed(1)],
  ];
  return table(
    [`${seconds} s, build ${build}, ${threads} thread${threads === 1 ? "" : "s"}`, "measured"],
    cells,
  );
}
