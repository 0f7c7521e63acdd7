/**
 * Occlusion maps: PyTorch's numbers, the same bits from any number of workers, and workers that are stopped
 * or crash.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { difference, fromBase64, native, scratch, tensorOf, toBase64, toNpy } from "./support/native.mjs";
import { emptyPage, MODEL, setTraps, stage, workersLeft } from "./support/stage.mjs";

/** Tolerance relative to the map's maximum, as in `crates/cpu/tests/occlusion.rs`. */
const OCCLUSION = 1e-4;

const golden = new URL("../golden/", import.meta.url);
const tensor = (name) => tensorOf(readFileSync(new URL(`cases/${name}.png`, golden)));

const { withPage, withClient } = stage();

/** The tensors and the metadata of the golden maps. */
function goldenMaps() {
  const bytes = readFileSync(new URL("occlusion.safetensors", golden));
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: metadata, ...tensors } = JSON.parse(bytes.toString("utf8", 8, start));
  const values = ({ shape, data_offsets: [from, to] }) => ({
    shape,
    values: new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer),
  });
  return {
    maps: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, values(tensor)])),
    pictures: JSON.parse(metadata.pictures),
  };
}

/** `window.run`: a golden picture, in a page that has loaded the model. */
async function runTensor(page, name) {
  const { values, shape } = tensor(name);
  await page.evaluate(
    async ([text, shape]) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      window.run = await window.candling.runTensor(new Float32Array(bytes.buffer), shape);
    },
    [toBase64(values), shape],
  );
}

/** A map of `window.run`, and the reported progress. */
async function occlusion(page, options) {
  const { text, shape, steps } = await page.evaluate(async (options) => {
    const steps = [];
    const map = await window.run.occlusion({ ...options, onProgress: (step) => steps.push(step) });
    const text = btoa(String.fromCharCode(...new Uint8Array(map.data.buffer)));
    return { text, shape: [map.height, map.width], steps };
  }, options);
  return { values: fromBase64(text), shape, steps };
}

/**
 * Like `stage`'s `withClient`, with a script for each new worker: `trapOf(n)` is run in the n-th, the main
 * one being 0.
 */
async function withTraps(trapOf, body) {
  await withPage(async (page) => {
    await emptyPage(page);
    let workers = 0;
    await setTraps(page, {
      get source() {
        return trapOf(workers++);
      },
    });
    await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      window.candling = await window.client.Candling.load({ model });
    }, MODEL);
    await body(page);
  });
}

/** 16 positions: for what does not depend on their number. */
const FEW = { patch: 64, stride: 52 };

test("the map of 169 positions is PyTorch's, and progress counts them", async () => {
  await withClient(async (page) => {
    const { maps, pictures } = goldenMaps();
    await runTensor(page, "dog_cat");
    const { values, shape, steps } = await occlusion(page, { target: 235, ...pictures.dog_cat, workers: 2 });
    assert.deepEqual(shape, [13, 13]);
    const apart = difference(values, maps["dog_cat.235"].values);
    assert.ok(apart <= OCCLUSION, `${apart.toExponential(1)} of the maximum apart`);

    assert.deepEqual(steps[0], { done: 0, total: 169 });
    assert.deepEqual(steps.at(-1), { done: 169, total: 169 });
    assert.ok(steps.length > 169 / 8, "told after every part");
    steps.reduce((last, { done }) => (assert.ok(done > last), done), -1);
  });
});

test("any number of workers gives the same bits, which are the native command's", async () => {
  await withClient(async (page) => {
    const { maps, pictures } = goldenMaps();
    const { patch, stride } = pictures.cat;
    await runTensor(page, "cat");
    const one = await occlusion(page, { target: 282, patch, stride, workers: 1 });
    assert.deepEqual(one.shape, maps["cat.282"].shape);
    assert.ok(difference(one.values, maps["cat.282"].values) <= OCCLUSION);
    for (const workers of [2, 3]) {
      const { values } = await occlusion(page, { target: 282, patch, stride, workers });
      assert.deepEqual(values, one.values, `${workers} workers`);
    }
    const input = ["--input", scratch("cat.npy", toNpy(tensor("cat")))];
    const sides = ["--patch", String(patch), "--stride", String(stride)];
    const command = native("explain", ...input, "--method", "occlusion", "--target", "282", ...sides);
    assert.deepEqual(command.shape, one.shape);
    assert.deepEqual(command.values, one.values, "the command");
  });
});

test("a target is a class, a name, or a margin; without one it is the top class", async () => {
  await withClient(async (page) => {
    await runTensor(page, "dog_cat");
    const few = async (options) => (await occlusion(page, { ...FEW, ...options })).values;
    const [dog, cat, margin] = [
      await few({ target: 235 }),
      await few({ target: 285 }),
      await few({ target: { class: 235, over: "Egyptian Mau" } }),
    ];
    assert.deepEqual(await few({}), dog);
    assert.notDeepEqual(dog, cat);
    const apart = difference(
      margin,
      dog.map((value, i) => value - cat[i]),
    );
    assert.ok(apart <= OCCLUSION, `the margin is the difference of the two: ${apart}`);
  });
});

test("the map is painted on the part of the photo that its patches have their middles in", async () => {
  await withClient(async (page) => {
    const { view, touched, peak, timings } = await page.evaluate(async (few) => {
      const { candling, client } = window;
      const run = await candling.run(await (await fetch("/samples/dog_cat.jpg")).blob());
      const map = await run.occlusion({ ...few, target: 235 });
      const canvas = document.createElement("canvas");
      const pixels = async (opacity) => {
        await client.paint(canvas, map, { opacity });
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      };
      const [bare, covered] = [await pixels(0), await pixels(1)];
      const box = [canvas.width, canvas.height, 0, 0];
      for (let i = 0; i < bare.length; i += 4) {
        if ([0, 1, 2].every((k) => bare[i + k] === covered[i + k])) continue;
        const [x, y] = [(i / 4) % canvas.width, Math.floor(i / 4 / canvas.width)];
        box.splice(
          0,
          4,
          Math.min(box[0], x),
          Math.min(box[1], y),
          Math.max(box[2], x + 1),
          Math.max(box[3], y + 1),
        );
      }
      return { view: map.view, touched: box, peak: map.peak, timings: map.timings };
    }, FEW);
    // Patches of 64 in steps of 52: 4×4 cells of 52 pixels, 6 from the left and the top of the input's 224.
    const [perColumn, perRow] = [800 / 224, 478 / 224];
    const expected = { x: 6 * perColumn, y: 6 * perRow, width: 208 * perColumn, height: 208 * perRow };
    for (const side of Object.keys(expected))
      assert.ok(Math.abs(view[side] - expected[side]) < 1e-9, `${side}: ${view[side]}`);
    const edges = [view.x, view.y, view.x + view.width, view.y + view.height].map(Math.round);
    assert.deepEqual(touched, edges);
    assert.ok(peak.x < 400 && peak.value > 0, `the dog is on the left: ${JSON.stringify(peak)}`);
    assert.ok(timings.forwards > 0 && timings.backward === 0);
  });
});

test("an abort ends it at once, and the pool does the next one", async () => {
  await withClient(async (page) => {
    await runTensor(page, "dog_cat");
    const expected = (await occlusion(page, { target: 235, ...FEW, workers: 2 })).values;
    const { codes, told } = await page.evaluate(async () => {
      const { run, failure } = window;
      const [running, queued] = [new AbortController(), new AbortController()];
      let told = 0;
      const onProgress = ({ done }) => {
        told += 1;
        if (done > 0) {
          queued.abort();
          running.abort();
        }
      };
      const calls = [
        failure(() => run.occlusion({ target: 235, workers: 2, onProgress, signal: running.signal })),
        failure(() => run.occlusion({ target: 235, workers: 2, onProgress, signal: queued.signal })),
        failure(() => run.occlusion({ target: 235, workers: 2, onProgress, signal: AbortSignal.abort() })),
      ];
      return { codes: (await Promise.all(calls)).map(({ code }) => code), told };
    });
    assert.deepEqual(codes, ["aborted", "aborted", "aborted"]);
    assert.equal(told, 2, "nothing is told after the abort");
    assert.deepEqual((await occlusion(page, { target: 235, ...FEW, workers: 2 })).values, expected);
    await workersLeft(page, 3);
  });
});

test("a pool worker that crashes is replaced, and its part done again", async () => {
  const once = `
    const values = Passes.prototype.run;
    let parts = 0;
    Passes.prototype.run = function (...range) { return ++parts === 2 ? trap() : values.apply(this, range); };`;
  let started = 0;
  await withTraps(
    (n) => {
      started = n + 1;
      return n === 1 ? once : "";
    },
    async (page) => {
      await runTensor(page, "dog_cat");
      const { values, steps } = await occlusion(page, { target: 235, ...FEW, workers: 2 });
      assert.equal(started, 4, "the main worker, two of the pool, and one more");
      assert.deepEqual(steps.at(-1), { done: 16, total: 16 });
      steps.reduce((last, { done }) => (assert.ok(done > last), done), -1);
      assert.deepEqual(values, (await occlusion(page, { target: 235, ...FEW, workers: 1 })).values);
      await workersLeft(page, 3);
    },
  );
});

test("a pool worker that never starts is done without", async () => {
  await withTraps(
    (n) => (n >= 2 ? `throw new Error("no room");` : ""),
    async (page) => {
      await runTensor(page, "dog_cat");
      const { steps } = await occlusion(page, { target: 235, ...FEW, workers: 2 });
      assert.deepEqual(steps.at(-1), { done: 16, total: 16 });
      await workersLeft(page, 2);
    },
  );
});

test("where every pool worker crashes the call fails, and the run is unharmed", async () => {
  await withTraps(
    (n) => (n >= 1 ? "Passes.prototype.run = trap;" : ""),
    async (page) => {
      await runTensor(page, "dog_cat");
      const { error, max } = await page.evaluate(async (few) => {
        const error = await window.failure(() => window.run.occlusion({ ...few, workers: 2 }));
        return { error, max: (await window.run.explain({ method: "grad-cam" })).max };
      }, FEW);
      assert.equal(error.code, "engine-crashed", error.message);
      assert.ok(max > 0);
      await workersLeft(page, 1);
    },
  );
});

test("the pool is started when needed, asks the network for no model, and ends with the candling", async () => {
  await withClient(async (page, requests) => {
    await runTensor(page, "dog_cat");
    await workersLeft(page, 1);
    await occlusion(page, { ...FEW, workers: 2 });
    await workersLeft(page, 3);
    assert.equal(requests.filter((url) => url.endsWith(MODEL)).length, 1);
    const codes = await page.evaluate(async () => {
      const { run, candling, failure } = window;
      const started = new Promise((resolve) => {
        window.calls = [run.occlusion({ workers: 2, onProgress: resolve }), run.occlusion({ workers: 2 })];
      });
      const calls = window.calls.map((call) => failure(() => call));
      await started;
      candling.close();
      return (await Promise.all(calls)).map(({ code }) => code);
    });
    assert.deepEqual(codes, ["closed", "closed"]);
    await workersLeft(page, 0);
  });
});

test("idle workers are let go, and come back", async () => {
  await withPage(async (page) => {
    await page.clock.install();
    await emptyPage(page);
    await page.evaluate(async (model) => {
      window.candling = await (await import("/lib/candling.js")).Candling.load({ model });
    }, MODEL);
    await runTensor(page, "dog_cat");
    // from here on it goes only when it is told to
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 600_000));
    const before = await occlusion(page, { ...FEW, workers: 2 });
    await page.clock.runFor(29_000);
    await workersLeft(page, 3);
    await page.clock.runFor(2_000);
    await workersLeft(page, 1);
    assert.deepEqual((await occlusion(page, { ...FEW, workers: 2 })).values, before.values);
  });
});

test("what does not fit is refused, before any worker is started", async () => {
  await withClient(async (page) => {
    await runTensor(page, "dog_cat");
    const errors = await page.evaluate(async () => {
      const { run, failure } = window;
      const errors = [];
      for (const options of [
        { patch: 0 },
        { patch: 1.5 },
        { patch: 225 },
        { stride: 33 },
        { stride: -1 },
        { baseline: Number.NaN },
        { baseline: "grey" },
        { workers: 0 },
        { workers: 1e6 },
        { onProgress: 5 },
        { target: {} },
        { target: 1000 },
        { target: "no such class" },
      ]) {
        errors.push(await failure(() => run.occlusion(options)));
      }
      run.free();
      errors.push(await failure(() => run.occlusion()));
      return errors;
    });
    assert.deepEqual(
      errors.map(({ code }) => code),
      [...Array(11).fill("bad-argument"), "unknown-class", "unknown-class", "run-freed"],
    );
    assert.match(errors[2].message, /^patch: a side of 225 pixels; it is 1 to 224 on an input of 224x224$/);
    assert.match(errors[3].message, /^stride: 33 pixels; it is 1 to 32/);
    await workersLeft(page, 1);
  });
});
