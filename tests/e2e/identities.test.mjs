/** What a page can say of its engine: that the exact identities hold, what was loaded, and which model it is. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { MODEL, stage } from "./support/stage.mjs";

const { withClient } = stage();

const www = new URL("../../www", import.meta.url);

test("the digest is that of the model's file", async () => {
  await withClient(async (page) => {
    const digests = await page.evaluate(() => Promise.all([window.candling.digest(), window.candling.digest()]));
    const expected = createHash("sha256").update(readFileSync(`${www.pathname}${MODEL}`)).digest("hex");
    assert.deepEqual(digests, [expected, expected]);
  });
});

test("without a secure context there is no digest, and it says so", async () => {
  await withClient(async (page) => {
    const error = await page.evaluate(() => {
      Object.defineProperty(Crypto.prototype, "subtle", { value: undefined });
      return window.failure(() => window.candling.digest());
    });
    assert.equal(error.code, "unavailable");
    assert.match(error.message, /secure context/);
  });
});

test("the bytes are those of the engine's files and the model's", async () => {
  await withClient(async (page) => {
    const { bytes, build } = await page.evaluate(async () => ({
      bytes: (await window.candling.stats()).bytes,
      build: window.candling.info.build,
    }));
    const size = (path) => statSync(`${www.pathname}${path}`).size;
    const files = [MODEL, `/lib/${build}/candling_wasm.js`, `/lib/${build}/candling_wasm_bg.wasm`];
    assert.equal(bytes, files.map(size).reduce((a, b) => a + b));
  });
});
