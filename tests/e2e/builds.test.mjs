/**
 * Every build of the engine, in a cross-origin isolated page: right by PyTorch, and chosen as it should be.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { difference, fromBase64, tensorOf, toBase64 } from "./support/native.mjs";
import { emptyPage, MODEL, stage } from "./support/stage.mjs";

/** The tolerances of `crates/cpu/tests/golden_network.rs`, which explains them. */
const LOGITS = 2e-3;
const CAM_AT_HEAD = 1e-3;
const PIXELS_RELATIVE_L2 = 1e-2;

const golden = new URL("../golden/cases/", import.meta.url);
const BUILDS = ["simd128", "relaxed-simd", "threads"];
const isolated = stage({ isolated: true });
const plain = stage();

/** The tensors of a safetensors file: eight bytes of length, a JSON header, the values. */
function tensors(url) {
  const bytes = readFileSync(url);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, start));
  return (name) => {
    const [from, to] = header[name].data_offsets;
    return new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer);
  };
}

/** Logits, Grad-CAM at the last layer and Guided Backpropagation of one input, as base64. */
function answers(page, build, { values, shape }, target) {
  return page.evaluate(
    async ([model, build, text, shape, target]) => {
      const { Candling } = await import("/lib/candling.js");
      const candling = await Candling.load({ model, build });
      const input = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const run = await candling.runTensor(new Float32Array(input.buffer), shape);
      const cam = await run.explain({ method: "grad-cam", target });
      const pixels = await run.explain({ method: "guided-backprop", target });
      const encode = (values) => {
        let text = "";
        for (const byte of new Uint8Array(values.buffer)) text += String.fromCharCode(byte);
        return btoa(text);
      };
      const all = {
        logits: encode(run.logits.slice()),
        cam: encode(cam.data),
        pixels: encode(pixels.data),
        info: candling.info,
      };
      candling.close();
      return all;
    },
    [MODEL, build, toBase64(values), shape, target],
  );
}

const everyFourth = (values, side) =>
  values.filter((_, i) => (i % side) % 4 === 0 && (Math.floor(i / side) % side) % 4 === 0);
const norm = (values) => Math.hypot(...values);

test("each build agrees with PyTorch, and threads change no bit", async () => {
  await isolated.withPage(async (page) => {
    await emptyPage(page, { isolated: true });
    assert.equal(await page.evaluate("crossOriginIsolated"), true);
    const cases = readdirSync(golden).filter((name) => name.endsWith(".safetensors"));
    assert.ok(cases.length >= 6);
    for (const name of cases) {
      const [, picture, target] = name.match(/^(.+)_(\d+)\.safetensors$/);
      const input = tensorOf(readFileSync(new URL(`${picture}.png`, golden)));
      const expected = tensors(new URL(name, golden));
      const of = {};
      for (const build of BUILDS) {
        const given = await answers(page, build, input, Number(target));
        assert.equal(given.info.build, build);
        of[build] = given;
        const logits = fromBase64(given.logits);
        const apart = Math.max(...expected("logits").map((value, i) => Math.abs(value - logits[i])));
        assert.ok(apart <= LOGITS, `${build} ${name}: logits off by ${apart}`);
        const cam = expected("head/grad-cam.signed").map((value) => Math.max(value, 0));
        const share = difference(fromBase64(given.cam), cam);
        assert.ok(share <= CAM_AT_HEAD, `${build} ${name}: Grad-CAM off by ${share}`);
        const pixels = expected("guided-backprop.sub4");
        const sampled = everyFourth(fromBase64(given.pixels), input.shape[3]);
        const l2 = norm(pixels.map((value, i) => value - sampled[i])) / norm(pixels);
        assert.ok(l2 <= PIXELS_RELATIVE_L2, `${build} ${name}: Guided Backprop off by ${l2}`);
      }
      for (const what of ["logits", "cam", "pixels"])
        assert.equal(of.threads[what], of["relaxed-simd"][what], `${name} ${what}`);
    }
  });
});

/**
 * The scale of a pixel map ends at a percentile, and a network that forgot leaves maps that are mostly zeros:
 * a selection that is slow on equal values would hold the page up for minutes.
 */
test("each build paints maps that are mostly zeros, and all the same", async () => {
  await isolated.withPage(async (page) => {
    await emptyPage(page, { isolated: true });
    const pictures = {};
    for (const build of BUILDS) {
      const { zeros, picture } = await page.evaluate(
        async ([model, build]) => {
          const { Candling } = await import("/lib/candling.js");
          const candling = await Candling.load({ model, build });
          const run = await candling.run(await (await fetch("/samples/dog_cat.jpg")).blob());
          const { maps } = await run.randomized({ layers: 16, target: 235, methods: ["guided-grad-cam"] });
          const [{ map }] = maps;
          const painted = await map.render({ width: 224, height: 224, colormap: "turbo", opacity: 1 });
          const canvas = new OffscreenCanvas(224, 224);
          canvas.getContext("2d").drawImage(painted, 0, 0);
          const { data } = canvas.getContext("2d").getImageData(0, 0, 224, 224);
          candling.close();
          return {
            zeros: map.data.filter((value) => value === 0).length / map.data.length,
            picture: Array.from(data),
          };
        },
        [MODEL, build],
      );
      assert.ok(zeros > 0.3, `${zeros} of the map is zero`);
      pictures[build] = picture;
    }
    assert.deepEqual(pictures.threads, pictures["relaxed-simd"]);
  });
});

test("the best build is chosen: threads where the page is isolated, else one thread", async () => {
  const chosen = async (page) =>
    page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      const { info } = await Candling.load({ model });
      return { build: info.build, threads: info.threads, cores: navigator.hardwareConcurrency };
    }, MODEL);
  await isolated.withPage(async (page) => {
    await emptyPage(page, { isolated: true });
    const { build, threads, cores } = await chosen(page);
    // one core has nothing to share
    const expected =
      cores > 1 ? { build: "threads", threads: Math.min(cores, 8) } : { build: "relaxed-simd", threads: 1 };
    assert.deepEqual({ build, threads }, expected);
  });
  await plain.withPage(async (page) => {
    await emptyPage(page);
    const { build, threads } = await chosen(page);
    assert.deepEqual({ build, threads }, { build: "relaxed-simd", threads: 1 });
  });
});
