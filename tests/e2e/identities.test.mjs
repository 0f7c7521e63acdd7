/** Self-checks of a page: that the exact identities hold, what was loaded, and which model it is. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { MODEL, stage } from "./support/stage.mjs";

const { withClient } = stage();

const www = new URL("../../www", import.meta.url);

test("the identities hold in the browser, for a class and for a margin", async () => {
  await withClient(async (page) => {
    const [top, same, margin] = await page.evaluate(async () => {
      const { candling } = window;
      const run = await candling.run(await (await fetch("/samples/dog_cat.jpg")).blob());
      const { index } = run.predictions[0];
      return [
        await run.identities(),
        await run.identities({ target: index }),
        await run.identities({ target: { class: 285, over: 235 } }),
      ];
    });
    assert.deepEqual(same, top);
    for (const identities of [top, margin]) {
      assert.deepEqual(
        identities.map(({ name }) => name),
        [
          "cam-is-grad-cam",
          "cam-is-hires-cam",
          "hires-cam-sums-to-logit",
          "counterfactual-is-negative",
          "adjoint",
          "margin-is-difference",
        ],
      );
      for (const { name, residual, bound } of identities)
        assert.ok(residual <= bound, `${name}: ${residual}`);
      assert.equal(typeof identities[4].layer, "string");
      assert.ok(!("layer" in identities[0]));
    }
    assert.ok(
      top.some(({ residual }) => residual > 0),
      "two ways, and so two roundings",
    );
  });
});

test("a run that was freed, and classes that there are not, are refused", async () => {
  await withClient(async (page) => {
    const codes = await page.evaluate(async () => {
      const { candling, failure } = window;
      const run = await candling.run(new ImageData(8, 8));
      const errors = [
        await failure(() => run.identities({ target: 1000 })),
        await failure(() => run.identities({ target: [] })),
      ];
      run.free();
      return [...errors, await failure(() => run.identities())].map(({ code }) => code);
    });
    assert.deepEqual(codes, ["unknown-class", "bad-argument", "run-freed"]);
  });
});

test("the digest is that of the model's file", async () => {
  await withClient(async (page) => {
    const digests = await page.evaluate(() =>
      Promise.all([window.candling.digest(), window.candling.digest()]),
    );
    const expected = createHash("sha256")
      .update(readFileSync(`${www.pathname}${MODEL}`))
      .digest("hex");
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
    assert.equal(
      bytes,
      files.map(size).reduce((a, b) => a + b),
    );
  });
});
