/** A visitor: a new browser, one page, and what is waited for in it. */
import { launch } from "../lib/chromium.mjs";

/** The machine may be busy, and throttled on top. */
const TIMEOUT_MS = 90_000;

export const WIDE = { width: 1280, height: 1000 };
export const NARROW = { width: 390, height: 844 };

/** Calls `use` with a page of a browser just started; the browser's own start does not count. */
export async function inFreshBrowser(origin, use, viewport = WIDE) {
  const browser = await launch();
  try {
    const context = await browser.newContext({ baseURL: origin, viewport });
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    await page.goto("/favicon.svg");
    return await use(page, browser);
  } finally {
    await browser.close();
  }
}

/** The network's own first heatmap is on the page. */
export const firstOwnMap = (page) => page.waitForSelector('[data-view="cam"] canvas[data-method="grad-cam"]');

/** Waits until nothing is being computed. */
export const idle = (page) => page.waitForSelector('main[aria-busy="false"]');

/** Scrolls to the end and back, so that everything that waits to be in view starts. */
export async function scrollThrough(page) {
  const sections = await page.$$("main > section");
  for (const section of sections) {
    await section.scrollIntoViewIfNeeded();
    await page.waitForTimeout(150);
  }
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.waitForTimeout(150);
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
}
