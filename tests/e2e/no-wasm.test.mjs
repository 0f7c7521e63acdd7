/**
 * Browsers without WebAssembly, as Chromium without its compilers and others in Lockdown Mode: every page
 * says so, and downloads nothing for an engine that could not run.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openOwn } from "./support/own.mjs";
import { openPost, states, told, view } from "./support/post.mjs";
import { emptyPage, MODEL, stage } from "./support/stage.mjs";

const { withPage } = stage({ browserArguments: ["--js-flags=--jitless"] });

const SENTENCE = /This browser has no WebAssembly, in which everything here is computed/;
const heavy = (requests) => requests.filter((url) => /\.wasm|safetensors|candling_/.test(url));

/** Waits for a text in one of the page's places, and compares it with the sentence. */
async function says(page, selector) {
  const place = page.locator(selector).filter({ hasText: "WebAssembly" }).first();
  await place.waitFor();
  assert.match((await place.innerText()).trim(), SENTENCE);
}

test("the client fails with a code of its own", async () => {
  await withPage(async (page, requests) => {
    await emptyPage(page);
    assert.equal(await page.evaluate(() => typeof WebAssembly), "undefined");
    const { code, message } = await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      return window.failure(() => window.client.Candling.load({ model }));
    }, MODEL);
    assert.equal(code, "engine-unavailable");
    assert.match(message, /no WebAssembly.*allow it for this site.*or use another browser$/);
    assert.deepEqual(heavy(requests), []);
  });
});

test("the lab", async () => {
  await withPage(async (page, requests) => {
    await page.goto("/");
    await says(page, "#loading-text");
    assert.ok(await page.isHidden("#loading-bar"));
    assert.deepEqual(heavy(requests), []);
    // a photo of the visitor's has no network to wait for, and the page does not say that it had
    const buffer = await (await page.request.get("/samples/panda.jpg")).body();
    await page.setInputFiles("#file", { name: "mine.jpg", mimeType: "image/jpeg", buffer });
    await says(page, "#message-text");
  });
});

test("the element, by its event and to its reader", async () => {
  await withPage(async (page, requests) => {
    await openPost(page, view(), { ready: false });
    await states(page, "error");
    assert.deepEqual(
      (await told(page, "error")).map(({ code }) => code),
      ["engine-unavailable"],
    );
    await says(page, "candling-view [part=error]");
    assert.deepEqual(heavy(requests), []);
  });
});

test("the frame", async () => {
  await withPage(
    async (page, requests) => {
      await page.goto("/embed.html?src=samples/dog_cat.jpg&alt=A+dog");
      await says(page, "candling-view [part=error]");
      assert.deepEqual(heavy(requests), []);
    },
    { expectErrors: /404/ },
  ); // a browser asks for an icon
});

test("the article", async () => {
  await withPage(async (page, requests) => {
    await page.goto("/how.html");
    await page.locator("figure:has(candling-view)").first().scrollIntoViewIfNeeded();
    await says(page, "candling-view [part=error]");
    assert.deepEqual(heavy(requests), []);
  });
});

test("the lesson", async () => {
  await withPage(async (page, requests) => {
    await page.goto("/bias.html");
    await page.click("#teach-go:not([disabled])");
    await says(page, "#message-text");
    assert.equal(await page.getAttribute("#teach", "data-state"), "open", "it can be tried again");
    assert.deepEqual(heavy(requests), []);
  });
});

test("one's own pictures", async () => {
  await withPage(async (page, requests) => {
    await openOwn(page);
    // what is a photo and what a mask is said by a module too
    await page
      .locator('.card input[data-folder="false"]')
      .first()
      .setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: await page.screenshot() });
    await says(page, "#message-text");
    assert.deepEqual(heavy(requests), []);
  });
});
