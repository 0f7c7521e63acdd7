/**
 * The longest task of the main thread while the page is used, with the CPU throttled to a quarter (as
 * DevTools does it).
 *
 * A task is a trace event `RunTask` of the page's main thread. `PerformanceObserver` reports those of 50 ms
 * and more; its number is listed too, but says nothing about shorter ones. Two kinds are left out, since they
 * are not the page's: the task in which the browser commits a new document (50 to 130 ms for a page of one
 * line), and those in which it answers the measuring tools.
 */
import { table } from "../../lib/table.mjs";
import { firstOwnMap, idle, inFreshBrowser, scrollThrough } from "../visit.mjs";

export const name = "mainThread";
export const title = "The main thread, at a quarter of the speed";

const SLOWER = 4;
/** Number of browsers; for each phase the one with the median longest task counts. */
const TRIES = 3;
const CATEGORIES = [
  "toplevel",
  "devtools.timeline",
  "disabled-by-default-devtools.timeline",
  "v8.execute",
  "blink.user_timing",
];
/** Number of tasks that are listed for each phase. */
const NAMED_TASKS = 3;
/** Smallest share of a task for which its parts are listed. */
const NAMED_SHARE = 0.3;

/** The phases of using the page, in order; each is traced by itself. */
const phases = [
  [
    "loads, to the first own heatmap",
    async (page) => {
      await page.goto("/");
      await firstOwnMap(page);
      await idle(page);
    },
  ],
  [
    "another photo is opened",
    async (page) => {
      await page.click('#samples [data-file="guitar_drums.jpg"]');
      await page.waitForSelector('#samples [data-file="guitar_drums.jpg"][aria-pressed="true"]');
      await idle(page);
    },
  ],
  [
    "another class is clicked",
    async (page) => {
      const button = page.locator("#predictions button[data-class]").nth(1);
      const index = await button.getAttribute("data-class");
      await button.click();
      await page.waitForSelector(`[data-view="cam"] canvas[data-target="${index}"]`);
      await idle(page);
    },
  ],
  ["it is scrolled through to the end", scrollThrough],
  ["the patch is dragged over the photo", dragPatch],
];

/** Drags the patch over the photo in forty steps, and waits for the answers. */
async function dragPatch(page) {
  const patch = page.locator("#patch");
  await patch.scrollIntoViewIfNeeded();
  const stage = await page.locator("#probed").boundingBox();
  const box = await patch.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  for (let step = 1; step <= 40; step++) {
    const along = 0.15 + (0.7 * step) / 40;
    await page.mouse.move(
      stage.x + stage.width * along,
      stage.y + stage.height * (0.5 + 0.3 * Math.sin(step / 4)),
    );
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
}

const isTask = ({ name }) => name.endsWith("RunTask");

const within = (event, task) =>
  event !== task &&
  event.pid === task.pid &&
  event.tid === task.tid &&
  event.ts >= task.ts &&
  event.ts + event.dur <= task.ts + task.dur;

/** CPU time in milliseconds: what a task would take if nothing else ran on the machine. */
const processor = (task) => (task.tdur ?? task.dur) / 1e3;

/** The longest tasks of one phase, each with its parts, and the largest CPU time of any task. */
function tasks(trace) {
  const { traceEvents } = JSON.parse(trace);
  const thread = ({ pid, tid }) => `${pid}:${tid}`;
  const names = traceEvents.filter(
    ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain",
  );
  const main = new Set(names.map(thread));
  const events = traceEvents
    .filter((event) => event.ph === "X" && main.has(thread(event)))
    .sort((a, b) => b.dur - a.dur);
  // a mark has no duration, and may come from another thread of the process
  const commits = traceEvents
    .filter(({ name }) => name === "commitNavigationEnd")
    .map((mark) => ({ ...mark, dur: 0 }));
  const ofTools = events.filter(
    ({ args }) => args?.chrome_mojo_event_info?.mojo_interface_tag === "blink.mojom.DevToolsSession",
  );
  const own = events
    .filter(isTask)
    .filter((task) => !commits.some((commit) => within({ ...commit, tid: task.tid }, task)))
    .filter((task) => !ofTools.some((event) => within(event, task)));
  const longest = [];
  for (const task of own) {
    // the same task is traced more than once, one event inside the other
    if (!longest.some((outer) => within(task, outer))) longest.push(task);
    if (longest.length === NAMED_TASKS) break;
  }
  const described = longest.map((task) => {
    const parts = events.filter(
      (event) => !isTask(event) && within(event, task) && event.dur >= NAMED_SHARE * task.dur,
    );
    return { ms: task.dur / 1e3, what: parts.map(named) };
  });
  return { longest: described, processor: Math.max(0, ...own.map(processor)) };
}

function named({ name, dur, args }) {
  const { url, functionName, type, fileName } = args?.data ?? {};
  const file = (url ?? fileName)?.split("/").at(-1);
  return [name, type, functionName, file, `${Math.round(dur / 1e3)} ms`].filter(Boolean).join(" ");
}

async function traced(browser, page, work) {
  await page.evaluate(() => {
    window.longTasks = [];
  });
  await browser.startTracing(page, { categories: CATEGORIES });
  await work(page);
  const trace = await browser.stopTracing();
  const reported = await page.evaluate(() => window.longTasks);
  return { ...tasks(trace), reported: Math.max(0, ...reported) };
}

async function visit(page, browser) {
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) =>
      window.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: "longtask",
      buffered: true,
    });
  });
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const results = [];
  for (const [, work] of phases) results.push(await traced(browser, page, work));
  return results;
}

export async function measure({ origin }) {
  const visits = [];
  for (let i = 0; i < TRIES; i++) visits.push(await inFreshBrowser(origin, visit));
  const rows = phases.map(([what], phase) => {
    const tries = visits.map((results) => results[phase]).sort((a, b) => longestOf(a) - longestOf(b));
    return { what, ...tries[(TRIES - 1) / 2] };
  });
  return { slower: SLOWER, tries: TRIES, rows };
}

const longestOf = ({ longest: [task] }) => task?.ms ?? 0;

export const longestTask = ({ rows }) => Math.max(...rows.map(longestOf));
export const mostProcessor = ({ rows }) => Math.max(...rows.map(({ processor }) => processor));

export function render({ rows }) {
  const cells = rows.map(({ what, longest, processor, reported }) => {
    const milliseconds = Array.from({ length: NAMED_TASKS }, (_, i) => longest[i]?.ms ?? 0);
    return [what, ...[...milliseconds, processor, reported].map(Math.round)];
  });
  const parts = rows.map(
    ({ what, longest: [task] }) => `- ${what}: ${task?.what.join("; ") || "nothing that stands out"}`,
  );
  return `${table(["while", "longest task, ms", "second", "third", "most on the processor", "reported"], cells)}

What the longest task of each consists of:

${parts.join("\n")}`;
}
