/**
 * Waiting in tests: for a condition, as long as anything moves. A busy machine makes all of it late, and none
 * of it wrong.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Time at rest after which a condition counts as never met: timeouts of this length in the pages use a clock
 * that tests control.
 */
const REST_MS = 60_000;
const LOOK_MS = 5_000;

/**
 * Share of a core below which a browser is at rest: 0.08 with a page whose condition is checked in each
 * frame. One that computes wants a whole core, whatever share of it the machine can give.
 */
const AWAKE = 0.15;

/**
 * Upper limit of waits on pages that never rest because something is animated, and on machines so busy that a
 * page at rest is always about to run.
 */
export const LONGEST_MS = 300_000;

/**
 * For each thread of a process, the milliseconds that it has run, and that it has waited for a core. Linux
 * only (its `Documentation/scheduler/sched-stats.rst`). Empty for a process that has ended.
 */
export function threadsOf(process) {
  const threads = new Map();
  try {
    for (const thread of readdirSync(`/proc/${process}/task`)) {
      const [ran, waited] = readFileSync(`/proc/${process}/task/${thread}/schedstat`, "utf8").split(" ");
      threads.set(thread, { ran: ran / 1e6, waited: waited / 1e6 });
    }
  } catch {
    // it, or one of them, has just ended
  }
  return threads;
}

const wanted = (process) =>
  [...threadsOf(process).values()].reduce((sum, { ran, waited }) => sum + ran + waited, 0);

/** Resolves when these processes have been at rest for long. */
async function stillness(processes, over) {
  if (!existsSync("/proc/self/schedstat")) return new Promise(() => {});
  const now = async () => (await processes()).reduce((sum, process) => sum + wanted(process), 0);
  for (let rest = 0, before = await now(); rest < REST_MS && !over.aborted; rest += LOOK_MS) {
    const since = performance.now();
    await sleep(LOOK_MS, undefined, { ref: false });
    const after = await now();
    // threads that ended no longer count
    if (Math.abs(after - before) > AWAKE * (performance.now() - since)) rest = -LOOK_MS;
    before = after;
  }
}

/**
 * Runs `work`, and fails when nothing in these processes has moved for long. `end` then aborts the wait, so
 * that the error says where it was.
 */
export async function failAtRest(processes, work, end) {
  const over = new AbortController();
  const done = work();
  const ended = done.then(
    () => undefined,
    (error) => error,
  );
  const isStill = await Promise.race([
    ended.then(() => false),
    stillness(processes, over.signal).then(() => true),
  ]);
  over.abort();
  if (!isStill) return done;
  await end();
  const where = (await Promise.race([ended, sleep(1000)])) ?? waiting;
  throw new Error(`nothing has moved for ${REST_MS / 1000} seconds: ${where?.stack}`);
}

/** The place of the last call of `until`. */
let waiting;

/**
 * Waits for a condition outside the page, or for one in it that returns a promise, which Playwright's
 * `waitForFunction` would take for true.
 */
export async function waitUntil(holds) {
  waiting = new Error(`it does not hold that ${holds}`);
  for (const since = performance.now(); !(await holds()); await sleep(20, undefined, { ref: false })) {
    if (performance.now() - since > LONGEST_MS) throw waiting;
  }
}
