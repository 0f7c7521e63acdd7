/**
 * First use of the page itself: from navigation to the first Grad-CAM on screen, in a browser just started,
 * with nothing cached, from this machine. The weights' transfer is measured alone under the same conditions
 * and taken off.
 */
import { serve } from "../../../web/scripts/server.mjs";
import { launch } from "../lib/chromium.mjs";
import { summary } from "../lib/statistics.mjs";
import { ms, table } from "../lib/table.mjs";

export const name = "first-use";
export const title = "First use";

/** Number of browsers, one for each attempt; a smaller number of runs takes precedence. */
const TRIES = 9;
const TIMEOUT_MS = 60_000;

/** Runs in the page before its scripts: records when the map exists and its frame is shown. */
function watchForMap() {
  const observer = new MutationObserver(() => {
    // the page notes beside each map what it shows
    if (document.querySelector('canvas[data-method="grad-cam"]') === null) return;
    observer.disconnect();
    // a callback before the next frame, and one after it
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        document.documentElement.dataset.shownAt = performance.now();
      }),
    );
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

/** Milliseconds until a file is in a page's hands. */
const transfer = async (path) => {
  const start = performance.now();
  await (await fetch(path)).arrayBuffer();
  return performance.now() - start;
};

/** Calls `use` with a page of a new browser. */
async function inFreshBrowser(origin, use) {
  const browser = await launch();
  try {
    const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 1000 } });
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    // the browser's own start does not count
    await page.goto("/favicon.svg");
    return await use(page);
  } finally {
    await browser.close();
  }
}

async function firstMap(page) {
  let weights;
  page.context().on("request", (request) => {
    if (request.url().endsWith(".safetensors")) weights = new URL(request.url()).pathname;
  });
  await page.addInitScript(watchForMap);
  await page.goto("/", { waitUntil: "commit" });
  const root = await page.waitForSelector("html[data-shown-at]", { state: "attached" });
  return { milliseconds: Number(await root.getAttribute("data-shown-at")), weights };
}

export async function measure({ runs }) {
  const server = await serve(0);
  const origin = `http://localhost:${server.address().port}`;
  const shown = [];
  const transferred = [];
  let weights;
  try {
    for (let i = 0; i < Math.min(runs, TRIES); i++) {
      const first = await inFreshBrowser(origin, firstMap);
      weights = first.weights;
      shown.push(first.milliseconds);
      transferred.push(await inFreshBrowser(origin, (page) => page.evaluate(transfer, weights)));
    }
  } finally {
    server.close();
  }
  return { weights, shown: summary(shown), transfer: summary(transferred) };
}

export const beyondTransfer = ({ shown, transfer }) => shown.median - transfer.median;

export function render(data) {
  const { weights, shown, transfer } = data;
  const rows = [
    ["navigation → first Grad-CAM on screen", shown],
    [`transfer of ${weights} alone`, transfer],
  ];
  const cells = rows.map(([what, { runs, median, min, p90 }]) => [what, runs, ms(median), ms(min), ms(p90)]);
  return [
    table(["what", "runs", "median ms", "min", "p90"], cells),
    `Beyond the transfer: ${Math.round(beyondTransfer(data))} ms.`,
  ].join("\n\n");
}
