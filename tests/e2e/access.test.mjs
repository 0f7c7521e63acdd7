/** The page by axe-core: narrow and wide, light and dark. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./support/axe.mjs";
import { frames, openLab, stage } from "./support/stage.mjs";

/** Least number of rules that apply to the page and pass. A page with nothing but a title passes four. */
const LEAST_PASSES = 40;

/**
 * Least number of places whose contrast could be judged and passes. A layer of paint behind the page once
 * left none.
 */
const LEAST_CONTRASTS = 60;

const { withPage } = stage();

/**
 * Scrolls to every part of the page, since some start only when in view, and waits until nothing is being
 * computed.
 */
async function lookAtEverything(page) {
  const sections = await page.$$("main section");
  assert.ok(sections.length > 0);
  for (const section of sections) await section.scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  // a frame for what watches the scrolling, and one for what it starts
  await frames(page);
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  // back, so that what stays at the top covers nothing
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
}

for (const width of [390, 1280]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing wrong at ${width} px, ${colorScheme}`, async (t) => {
      await withPage(
        async (page) => {
          await openLab(page);
          await lookAtEverything(page);
          const passes = await judge(page, t);
          assert.ok(passes.length >= LEAST_PASSES, `${passes.length} rules passed`);
          const contrasts = passes.find(({ id }) => id === "color-contrast")?.nodes.length ?? 0;
          assert.ok(contrasts >= LEAST_CONTRASTS, `${contrasts} places have their contrast judged`);
        },
        { viewport: { width, height: 900 }, colorScheme },
      );
    });
  }
}

test("axe finds nothing wrong in what opens and appears: self-test, curves, list of classes, message, dialogs", async (t) => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAtEverything(page);
    await page.click("#self-test");
    await page.waitForSelector("#identities:not([hidden])");
    await page.click("#curves");
    await page.waitForSelector("#insertion-text[data-area]");
    await page.setInputFiles("#file", {
      name: "words.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("no picture"),
    });
    await page.waitForSelector("#message:not([hidden])");
    for (const fold of await page.$$(".fold"))
      await fold.evaluate((details) => {
        details.open = true;
      });
    await page.fill("#class", "cat");
    await page.waitForSelector("#classes:not([hidden])");
    await judge(page, t);
    await page.press("#class", "Escape");
    await page.click("#link");
    await judge(page, t);
    await page.click("#link-cancel");
    await page.click("#camera");
    await page.waitForSelector("#camera-live:not([hidden])");
    await judge(page, t);
  });
});
