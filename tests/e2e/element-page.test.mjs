/**
 * Pages with many `<candling-view>`, and pages on which it never starts: what they load, and what stays
 * readable.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { openPost, painted, states, told, view } from "./support/post.mjs";
import { MODEL, stage } from "./support/stage.mjs";

/** Largest size of the element's code before it is used. */
const BUDGET_BYTES = 15_000;

/** Largest memory of a page with thirty elements, including its photos and the engine. */
const MEMORY_BYTES = 250_000_000;

const lib = new URL("../../www/lib/", import.meta.url);
const { withPage, memoryOfPage } = stage();

const paths = (requests) => requests.map((url) => new URL(url).pathname);
const weights = (requests) => requests.filter((url) => url.endsWith(".safetensors"));

/** Something to scroll past: no style of its own is allowed here. */
const LONG = "<p>Words.</p>".repeat(60);

/** Photos that differ in their address: what is fetched is counted. */
const PHOTOS = [
  "dog_cat",
  "macaw",
  "coffee",
  "panda",
  "lemur",
  "castle",
  "astronaut",
  "cat",
  "dog",
  "officer",
];
const photos = (count) =>
  Array.from({ length: count }, (_, at) => `/samples/${PHOTOS[at % PHOTOS.length]}.jpg?${at}`);

for (const name of ["candling-view.js", "candling-view-element.js", "candling-view.classic.js"]) {
  test(`${name} weighs at most ${BUDGET_BYTES / 1000} kB brotli`, () => {
    const bytes = brotliCompressSync(readFileSync(new URL(name, lib))).length;
    assert.ok(bytes <= BUDGET_BYTES, `${bytes} bytes`);
  });
}

test("before the reader comes near, a page loads the element's script and nothing else of ours", async () => {
  await withPage(async (page, requests) => {
    await openPost(page, LONG + view("controls"), { ready: false });
    await page.waitForFunction(() => customElements.get("candling-view") !== undefined);
    await page.waitForLoadState("networkidle");
    assert.deepEqual(
      paths(requests).filter((path) => path.startsWith("/lib/") || path.startsWith("/models/")),
      ["/lib/candling-view.js"],
    );
    assert.equal(await page.$eval("candling-view", ({ state }) => state), "idle");
    await page.locator("candling-view").scrollIntoViewIfNeeded();
    await states(page, "ready");
    assert.equal(weights(requests).length, 1);
  });
});

test("ten elements: one worker, one model, one download, and the order in which the reader sees them", async () => {
  await withPage(async (page, requests) => {
    // The reader is at the fifth one when they are asked, and goes to the eighth while the first works.
    const all = photos(10).map((photo) => view('loading="eager"', photo));
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route(`**${MODEL}`, async (route) => {
      await held;
      await route.continue();
    });
    await openPost(page, all.join(LONG), { ready: false });
    await page.locator("candling-view").nth(4).scrollIntoViewIfNeeded();
    await states(page, "loading");
    await page.evaluate(() =>
      document.querySelectorAll("candling-view")[4].scrollIntoView({ block: "center" }),
    );
    release();
    await states(page, "ready");
    const order = (await told(page, "explain")).map(({ which }) => which);
    // from there on the nearest first, above or below
    const far = order.map((which) => Math.abs(which - 4));
    assert.equal(order.length, 10);
    assert.equal(order[0], 4);
    assert.deepEqual(
      far,
      far.toSorted((a, b) => a - b),
      `order ${order}`,
    );
    assert.equal(page.workers().length, 1);
    assert.equal(weights(requests).length, 1);
    assert.equal(paths(requests).filter((path) => path.endsWith(".wasm")).length, 1);
  });
});

test("elements that are all in the window: from top to bottom, left to right", async () => {
  await withPage(
    async (page) => {
      const [folded, ...seen] = photos(7);
      const body = `<details><summary>More</summary>${view('loading="eager"', folded)}</details>${seen.map((photo) => view("", photo)).join("")}`;
      await openPost(page, body);
      assert.deepEqual(
        (await told(page, "explain")).map(({ which }) => which),
        [1, 2, 3, 4, 5, 6, 0],
        "what is folded away comes last",
      );
    },
    { viewport: { width: 900, height: 4000 } },
  );
});

const needsProc = process.platform === "linux" ? false : "reads /proc";

test(`thirty elements: one worker, one weights request, less than ${MEMORY_BYTES / 1e6} MB`, {
  skip: needsProc,
}, async () => {
  await withPage(async (page, requests) => {
    await openPost(
      page,
      photos(30)
        .map((photo) => view('loading="eager" controls', photo))
        .join(""),
    );
    const bytes = await memoryOfPage();
    assert.ok(bytes < MEMORY_BYTES, `${bytes} bytes`);
    assert.equal((await told(page, "explain")).length, 30);
    assert.equal(weights(requests).length, 1);
    assert.equal(page.workers().length, 1);
    const { runs, forwards } = await page.evaluate(() =>
      document.querySelector("candling-view").candling.stats(),
    );
    assert.deepEqual({ runs, forwards }, { runs: 1, forwards: 30 });
    // Any of them can still be asked: its photo runs again.
    await page.evaluate(() => (document.querySelector("candling-view").target = 281));
    await page.waitForFunction(
      () => document.querySelector("candling-view").explanation?.target.class === 281,
    );
    await states(page, "ready");
    assert.ok((await painted(page))[0].seen);
  });
});

test("without scripts the post has its photo, in its place and size", async () => {
  await withPage(
    async (page) => {
      await openPost(page, view("controls"), { ready: false });
      const image = page.locator("candling-view img");
      assert.ok(await image.isVisible());
      assert.equal(await image.getAttribute("alt"), "The photo");
      const { width, height } = await image.boundingBox();
      assert.deepEqual([width, height], [800, 478]);
    },
    { javaScriptEnabled: false },
  );
});
