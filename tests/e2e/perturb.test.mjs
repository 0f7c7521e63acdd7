/** Taking parts of a picture away: forward passes on what is left, and curves of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { tensorOf, toBase64 } from "./support/native.mjs";
import { stage } from "./support/stage.mjs";

const { withClient } = stage();

const golden = (name) => tensorOf(readFileSync(new URL(`../golden/cases/${name}.png`, import.meta.url)));

/** `window.input` and `window.run`: a golden picture, in a page that has loaded the model. */
async function runTensor(page, name) {
  const { values, shape } = golden(name);
  await page.evaluate(
    async ([text, shape]) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      window.input = new Float32Array(bytes.buffer);
      window.run = await window.candling.runTensor(window.input, shape);
    },
    [toBase64(values), shape],
  );
}

test("a masked pass is the pass of the masked input, bit for bit, and keeps nothing", async () => {
  await withClient(async (page) => {
    await runTensor(page, "dog_cat");
    const { size, pairs, sum, dog, runs } = await page.evaluate(async () => {
      const { candling, input, run } = window;
      const area = 224 * 224;
      const shape = [1, 3, 224, 224];
      /** The dog's half: the left one. */
      const left = Uint8Array.from({ length: area }, (_, i) => (i % 224 < 112 ? 255 : 0));
      const pairs = [];
      for (const [mask, seen] of [
        [new Uint8Array(area), input],
        [new Uint8Array(area).fill(1), input.map(() => 0)],
        [left, input.map((value, i) => (left[i % area] === 0 ? value : 0))],
      ]) {
        const { logits } = await run.perturb({ mask });
        const plain = await candling.runTensor(seen, shape);
        pairs.push([Array.from(logits), Array.from(plain.logits)]);
        plain.free();
      }
      const whole = await run.perturb({ mask: new Uint8Array(area), fill: "blur" });
      const blurred = await run.perturb({ mask: left, fill: "blur" });
      const again = await run.perturb({ mask: left, fill: "blur" });
      return {
        size: [run.inputWidth, run.inputHeight],
        pairs: [
          ...pairs,
          [Array.from(whole.logits), Array.from(run.logits)],
          [Array.from(again.logits), Array.from(blurred.logits)],
        ],
        sum: blurred.probabilities.reduce((sum, p) => sum + p, 0),
        dog: [
          run.predictions.find(({ index }) => index === 235).probability,
          whole.probabilities[235],
          blurred.probabilities[235],
        ],
        runs: (await candling.stats()).runs,
      };
    });
    assert.deepEqual(size, [224, 224]);
    for (const [perturbed, plain] of pairs) assert.deepEqual(perturbed, plain);
    assert.ok(Math.abs(sum - 1) < 1e-4, "a softmax");
    assert.equal(Math.fround(dog[0]), dog[1]);
    assert.ok(dog[2] < dog[0] / 2, `the dog was taken away: ${dog}`);
    assert.equal(runs, 1);
  });
});

test("what does not fit is refused, and a freed run", async () => {
  await withClient(async (page) => {
    await runTensor(page, "cat");
    const errors = await page.evaluate(async () => {
      const { run, failure } = window;
      const mask = new Uint8Array(224 * 224);
      const masks = [{}, { mask: mask.subarray(1) }, { mask: Array.from(mask) }];
      const cases = [undefined, ...masks, { mask, fill: "red" }, { mask, signal: AbortSignal.abort() }];
      const errors = [];
      for (const options of cases) errors.push(await failure(() => run.perturb(options)));
      run.free();
      errors.push(await failure(() => run.perturb({ mask })));
      return errors.map(({ code, message }) => `${code}: ${message}`);
    });
    const mask = "bad-argument: perturb: mask is a Uint8Array of 224×224 = 50176 values; given";
    assert.deepEqual(errors, [
      "bad-argument: perturb: the argument for options is an object; given undefined",
      `${mask} undefined`,
      `${mask} Uint8Array`,
      `${mask} Array`,
      'bad-argument: perturb: fill is "grey" or "blur"; given "red"',
      "aborted: the call was aborted",
      "run-freed: this run was freed; run the photo again",
    ]);
  });
});

/** 16 tiles and so many steps: for what does not depend on their number. */
const FEW = { tile: 56, randomOrders: 1 };

test("any number of workers gives the same curves, between the ends that they share", async () => {
  await withClient(async (page) => {
    await runTensor(page, "dog_cat");
    const { one, two, steps, ends } = await page.evaluate(async (few) => {
      const { run } = window;
      const map = await run.explain({ method: "grad-cam", target: 285 });
      const steps = [];
      const plain = ({ target, deletion, insertion }) => {
        const curve = ({ shares, probabilities, area }) => ({
          shares: Array.from(shares),
          probabilities: Array.from(probabilities),
          area,
        });
        const compared = ({ map, random }) => ({ map: curve(map), random: curve(random) });
        return { target, deletion: compared(deletion), insertion: compared(insertion) };
      };
      const one = plain(
        await run.curves({ ...few, map, workers: 1, onProgress: (step) => steps.push(step) }),
      );
      const two = plain(await run.curves({ ...few, map, workers: 2 }));
      const all = new Uint8Array(224 * 224).fill(1);
      const grey = await run.perturb({ mask: all });
      const blur = await run.perturb({ mask: all, fill: "blur" });
      const whole = await run.perturb({ mask: all.map(() => 0) });
      return { one, two, steps, ends: [whole, grey, blur].map(({ probabilities }) => probabilities[285]) };
    }, FEW);
    assert.deepEqual(two, one);
    assert.deepEqual(one.target, { class: 285 });
    const [whole, grey, blur] = ends;
    for (const which of ["map", "random"]) {
      for (const [{ shares, probabilities }, first, last] of [
        [one.deletion[which], whole, grey],
        [one.insertion[which], blur, whole],
      ]) {
        assert.deepEqual(
          shares,
          Array.from({ length: 17 }, (_, i) => i / 16),
        );
        assert.deepEqual([probabilities.length, probabilities[0], probabilities[16]], [17, first, last]);
      }
    }
    assert.deepEqual(steps[0], { done: 0, total: 63 });
    assert.deepEqual(steps.at(-1), { done: 63, total: 63 });
  });
});

test("a point of a curve is the pass without the tiles that the map ranks first", async () => {
  await withClient(async (page) => {
    await runTensor(page, "dog_cat");
    const { curve, passes, ranking, orders } = await page.evaluate(async (few) => {
      const { run } = window;
      const map = await run.explain({ method: "grad-cam" });
      const ranking = await map.ranking(few.tile);
      const { deletion } = await run.curves({ ...few, map, workers: 2 });
      const passes = [];
      for (let k = 0; k <= 16; k++) {
        const mask = Uint8Array.from({ length: 224 * 224 }, (_, i) => {
          const tile = Math.floor(Math.floor(i / 224) / few.tile) * 4 + Math.floor((i % 224) / few.tile);
          return ranking.subarray(0, k).includes(tile) ? 1 : 0;
        });
        passes.push((await run.perturb({ mask })).probabilities[map.target.class]);
      }
      const flat = await run.occlusion({ patch: 64, stride: 52, workers: 2 });
      const pixels = await run.explain({ method: "guided-backprop" });
      const orders = [await map.ranking(), await flat.ranking(), await pixels.ranking()].map((order) =>
        Array.from(order),
      );
      return { curve: Array.from(deletion.map.probabilities), passes, ranking: Array.from(ranking), orders };
    }, FEW);
    assert.deepEqual(curve, passes);
    const sorted = (order) => order.toSorted((a, b) => a - b);
    assert.deepEqual(sorted(ranking), [...Array(16).keys()]);
    for (const order of orders) {
      assert.deepEqual(sorted(order), [...Array(196).keys()]);
      assert.ok(order[0] % 14 < 7, "the dog, on the left, is what all of them look at first");
    }
  });
});

test("curves that do not fit are refused, and an abort ends them", async () => {
  await withClient(async (page) => {
    await runTensor(page, "cat");
    const errors = await page.evaluate(async (few) => {
      const { candling, run, failure } = window;
      const map = await run.explain({ method: "grad-cam" });
      const other = await candling.runTensor(window.input, [1, 3, 224, 224]);
      const running = new AbortController();
      const onProgress = ({ done }) => {
        if (done > 0) running.abort();
      };
      const cases = [
        { map: {} },
        { map: await other.explain({ method: "grad-cam" }) },
        { map, tile: 0 },
        { map, tile: 225 },
        { map, randomOrders: 0 },
        { map, workers: 0 },
        { ...few, map, onProgress, signal: running.signal },
      ];
      const errors = [];
      for (const options of cases) errors.push(await failure(() => run.curves({ workers: 1, ...options })));
      return errors.map(({ code, message }) => `${code}: ${message}`);
    }, FEW);
    assert.deepEqual(errors, [
      "bad-argument: curves: map is an Explanation of this run; given Object",
      'bad-argument: curves: map is an Explanation of this run; given "an Explanation of another"',
      "bad-argument: curves: tile is a whole number of pixels, 1 or more; given 0",
      "bad-argument: tile: a side of 225 pixels; it is 1 to 224 on an input of 224x224",
      "bad-argument: curves: randomOrders is 1 to 100; given 0",
      "bad-argument: curves: workers is 1 to 64; given 0",
      "aborted: the call was aborted",
    ]);
  });
});

/**
 * The least share of maps whose order must matter to the network. Measured: all 16 of the top classes, and
 * all 32 of the objects.
 */
const BETTER_THAN_RANDOM = 0.8;

test("Grad-CAM's order of the tiles beats random ones, on the photos of the pointing game", async () => {
  const folder = new URL("../photos/pointing/", import.meta.url);
  const { images } = JSON.parse(readFileSync(new URL("annotations.json", folder), "utf8"));
  assert.equal(images.length, 16);
  await withClient(async (page) => {
    const areas = [];
    for (const { file } of images) {
      const photo = readFileSync(new URL(file, folder)).toString("base64");
      areas.push(
        await page.evaluate(async (photo) => {
          const run = await window.candling.run(
            new Blob([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))]),
          );
          const { deletion, insertion } = await run.curves({
            map: await run.explain({ method: "grad-cam" }),
          });
          run.free();
          const area = ({ map, random }) => [map.area, random.area];
          return { deletion: area(deletion), insertion: area(insertion) };
        }, photo),
      );
    }
    const share = (better) => areas.filter(better).length / areas.length;
    const falls = share(({ deletion: [map, random] }) => map < random);
    const rises = share(({ insertion: [map, random] }) => map > random);
    assert.ok(
      falls >= BETTER_THAN_RANDOM && rises >= BETTER_THAN_RANDOM,
      `deletion ${falls}, insertion ${rises}`,
    );
  });
});
