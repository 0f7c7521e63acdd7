/** Pages that were never opened with a connection: they are there without one, and say what they lack. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { www } from "../../web/scripts/server.mjs";
import { openOwn } from "./support/own.mjs";
import { waitUntil } from "./support/patience.mjs";
import { idle, message, stage } from "./support/stage.mjs";

const site = stage();

/** The samples, which a visit stores one after the other, after models and engines. */
const SAMPLES = readdirSync(join(www, "samples"), { recursive: true }).filter((path) =>
  path.endsWith(".jpg"),
).length;

/** Runs `body` without a server, after a visit to the lab only. */
async function afterTheLab(body) {
  await site.withPage(
    async (page) => {
      await page.goto("/");
      await idle(page);
      const isKept = async (samples) => {
        if ((await navigator.serviceWorker.getRegistration())?.active?.state !== "activated") return false;
        const files = await caches.open(`candling-files ${new URL("./", document.baseURI).href}`);
        const kept = (await files.keys()).map(({ url }) => url);
        if (kept.filter((url) => /\/samples\/.*\.jpg/.test(url)).length < samples) return false;
        return ["models/", "lib/relaxed-simd/candling_wasm_bg.wasm"].every((path) =>
          kept.some((url) => url.includes(path)),
        );
      };
      await waitUntil(() => page.evaluate(isKept, SAMPLES));
      await site.closeServer();
      try {
        await body(page);
      } finally {
        if (!(await listening())) await site.openServer();
      }
    },
    {
      serviceWorkers: "allow",
      expectErrors: /ERR_CONNECTION_REFUSED|ERR_FAILED|fetching the script|Failed to fetch/,
    },
  );
}

const listening = () =>
  fetch(site.origin()).then(
    () => true,
    () => false,
  );

test("the lesson says what is missing and when it will be there, and begins when there is a connection", async () => {
  await afterTheLab(async (page) => {
    await page.goto("/bias.html");
    await page.waitForSelector("#message:not([hidden])");
    assert.equal(
      await message(page),
      "The lesson's pictures could not be fetched, and are not kept on this device yet; begin the lesson once with a connection, and it works without one from then on.",
    );
    assert.equal(await page.textContent("#teach .status"), "The lesson waits for its pictures.");
    assert.ok(await page.isDisabled("#teach-go"));
    await site.openServer();
    await page.click("#message-action");
    await page.waitForSelector("#teach-go:not([disabled])");
    assert.equal(await page.textContent("#teach .status"), "");
  });
});

test("one's own pictures are there, and say that training has to be used once", async () => {
  await afterTheLab(async (page) => {
    await openOwn(page);
    // what is a photo and what a mask is said by the module that trains
    await page
      .locator('.card input[data-folder="false"]')
      .first()
      .setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: await page.screenshot() });
    await page.waitForFunction(() =>
      document.querySelector("#message-text").textContent.includes("could not be started"),
    );
    assert.match(
      await message(page),
      /^The photos could not be added\. The module that trains could not be started: .*; without a connection it is there once it was used with one\.$/,
    );
  });
});

test("the article is there", async () => {
  await afterTheLab(async (page) => {
    await page.goto("/how.html");
    await page.locator("figure:has(candling-view)").first().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector("candling-view").state === "ready");
  });
});
