/** The same numbers in the browser as from the native command. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { difference, fromBase64, native, scratch, tensorOf, toBase64, toNpy } from "./support/native.mjs";
import { PNG, stage } from "./support/stage.mjs";

/**
 * Tolerance for the same pixels, from which the engine computes the same bits: every sum has one order, and
 * both round `sum + a·b` once (`crates/cpu/src/simd`).
 */
const SAME = 0;

/**
 * JPEG decoders may round differently by a level or two per channel, which the network then sees: this much
 * of the largest logit, and of the map's maximum. Measured: up to 0.9 %.
 */
const SAME_BUT_FOR_JPEG = 2e-2;

const golden = new URL("../golden/cases/", import.meta.url);
const samples = new URL("../../www/samples/", import.meta.url);
const cases = JSON.parse(readFileSync(new URL("index.json", golden), "utf8"));

const METHODS = [
  "gradient",
  "input-x-gradient",
  "guided-backprop",
  "deconvnet",
  "cam",
  "grad-cam",
  "guided-grad-cam",
  "hires-cam",
  "layer-cam",
];
const LAYERED = ["grad-cam", "hires-cam", "layer-cam"];
const LAYERS = ["head", "blocks.10.add", "blocks.9.depthwise", "blocks.4.add", "stem"];

const { withClient } = stage();

/** Makes `run` in the page from a ready tensor; returns its logits. */
function runTensor(page, { values, shape }) {
  return page.evaluate(
    async ([text, shape]) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      window.run?.free();
      window.run = await window.candling.runTensor(new Float32Array(bytes.buffer), shape);
      return Array.from(window.run.logits);
    },
    [toBase64(values), shape],
  );
}

/** Like `runTensor`, from an encoded photo. */
function runPhoto(page, bytes, fit) {
  return page.evaluate(
    async ([text, fit]) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      window.run?.free();
      window.run = await window.candling.run(new Blob([bytes]), { fit });
      return Array.from(window.run.logits);
    },
    [bytes.toString("base64"), fit],
  );
}

/** A map of the page's `run`. */
async function explain(page, options) {
  const { text, shape } = await page.evaluate(async (options) => {
    const map = await window.run.explain(options);
    const bytes = new Uint8Array(map.data.buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 0x8000)
      text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return {
      text: btoa(text),
      shape: map.channels === 1 ? [map.height, map.width] : [map.channels, map.height, map.width],
    };
  }, options);
  return { values: fromBase64(text), shape };
}

function assertSame(actual, expected, tolerance, what) {
  const apart = difference(actual, expected);
  assert.ok(
    apart <= tolerance,
    `${what}: ${apart.toExponential(1)} of the maximum apart, allowed ${tolerance}`,
  );
}

/** A map of the page against that of the command. */
async function assertSameMap(page, options, nativeArguments, what) {
  const expected = native("explain", ...nativeArguments);
  const actual = await explain(page, options);
  assert.deepEqual(actual.shape, expected.shape, what);
  assertSame(actual.values, expected.values, SAME, what);
}

for (const [name, { cases: classes }] of Object.entries(cases)) {
  test(`golden tensor ${name}: logits, and every method`, async () => {
    await withClient(async (page) => {
      const tensor = tensorOf(readFileSync(new URL(`${name}.png`, golden)));
      const input = ["--input", scratch(`${name}.npy`, toNpy(tensor))];
      assertSame(await runTensor(page, tensor), native("predict", ...input).values, SAME, "logits");
      for (const target of Object.keys(classes)) {
        for (const method of METHODS) {
          await assertSameMap(
            page,
            { method, target: Number(target) },
            [...input, "--method", method, "--target", target],
            `${method} of ${target}`,
          );
        }
      }
    });
  });
}

test("golden tensor dog_cat: earlier layers, the margin of two classes, and what speaks against one", async () => {
  await withClient(async (page) => {
    const tensor = tensorOf(readFileSync(new URL("dog_cat.png", golden)));
    const input = ["--input", scratch("dog_cat.npy", toNpy(tensor))];
    await runTensor(page, tensor);
    for (const method of LAYERED) {
      for (const layer of LAYERS) {
        await assertSameMap(
          page,
          { method, target: 235, layer },
          [...input, "--method", method, "--target", "235", "--layer", layer],
          `${method} at ${layer}`,
        );
      }
    }
    await assertSameMap(
      page,
      { method: "grad-cam", target: { class: 235, over: 285 } },
      [...input, "--method", "grad-cam", "--target", "235-vs-285"],
      "grad-cam of 235 over 285",
    );
    await assertSameMap(
      page,
      { method: "grad-cam", target: 235, counterfactual: true },
      [...input, "--method", "grad-cam", "--target", "235", "--counterfactual"],
      "what speaks against 235",
    );
  });
});

for (const fit of ["squash", "crop"]) {
  test(`a PNG photo, ${fit}: decoded, resized and explained alike`, async () => {
    await withClient(async (page) => {
      // PNG has one right decoding, so everything after it must agree. Its pixels are those of a sample.
      const png = await pngOf(page, readFileSync(new URL("dog_cat.jpg", samples)));
      const photo = [scratch(`dog_cat-${fit}.png`, png), "--fit", fit];
      assertSame(await runPhoto(page, png, fit), native("predict", ...photo).values, SAME, "logits");
      for (const [method, target] of [
        ["grad-cam", 235],
        ["grad-cam", 285],
        ["guided-backprop", 235],
      ]) {
        await assertSameMap(
          page,
          { method, target },
          [...photo, "--method", method, "--target", String(target)],
          `${method} of ${target}`,
        );
      }
    });
  });
}

test("every sample photo: the JPEG decoders of browser and command agree closely enough", async () => {
  await withClient(async (page) => {
    for (const file of readdirSync(samples).filter((name) => name.endsWith(".jpg"))) {
      const path = new URL(file, samples);
      const actual = await runPhoto(page, readFileSync(path), "squash");
      const expected = native("predict", path.pathname).values;
      assertSame(actual, expected, SAME_BUT_FOR_JPEG, `${file}: logits`);
      const best = expected.indexOf(Math.max(...expected));
      const map = await explain(page, { method: "grad-cam", target: best });
      const nativeMap = native("explain", path.pathname, "--method", "grad-cam", "--target", String(best));
      assertSame(map.values, nativeMap.values, SAME_BUT_FOR_JPEG, `${file}: grad-cam`);
    }
  });
});

/** The pixels that the browser reads from a JPEG, as a PNG. */
async function pngOf(page, jpeg) {
  const { text, width, height } = await page.evaluate(async (text) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let pixels = "";
    for (let i = 0; i < data.length; i += 0x8000)
      pixels += String.fromCharCode(...data.subarray(i, i + 0x8000));
    return { text: btoa(pixels), width, height };
  }, jpeg.toString("base64"));
  const png = new PNG({ width, height });
  png.data = Buffer.from(text, "base64");
  return PNG.sync.write(png, { colorType: 2 });
}
