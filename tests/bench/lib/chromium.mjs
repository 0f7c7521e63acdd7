/** The browser, and the pages in it. */
import { serve } from "./server.mjs";
import { chromium } from "./tools.mjs";

const launchArguments = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // of pages that are measured in turns, all but one are in the background
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];

/** Loading eighteen megabytes and packing them takes seconds on a busy machine. */
const START_MS = 120_000;

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: launchArguments });

/** Calls `use` with a function that opens pages, and closes everything afterwards. */
export async function withPages(lib, use, { isolated = true } = {}) {
  const server = await serve(lib, isolated);
  const browser = await launch();
  try {
    const context = await browser.newContext({ baseURL: `http://localhost:${server.address().port}` });
    context.setDefaultTimeout(START_MS);
    return await use((query) => open(context, query));
  } finally {
    await browser.close();
    server.close();
  }
}

/** Opens `pages/NAME.mjs`, `query.page` being its name, and waits until it has published its operations. */
async function open(context, query) {
  const page = await context.newPage();
  await page.goto(`/pages/page.html?${new URLSearchParams(query)}`);
  await page.waitForFunction(() => window.bench ?? window.benchError);
  const error = await page.evaluate(() => window.benchError);
  if (error !== undefined) throw new Error(`the page ${JSON.stringify(query)} does not start: ${error}`);
  return page;
}

/** One operation of a page, as `interleave` takes it. */
export const operation = (page, name) => ({
  name,
  time: (count) => page.evaluate(([name, count]) => window.bench.time(name, count), [name, count]),
  value: async () =>
    Float32Array.from(await page.evaluate(async (name) => Array.from(await window.bench.value(name)), name)),
});
