/**
 * Runs that nobody frees: they fill no memory, answer as before, and those that are out of reach are freed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "./support/patience.mjs";
import { emptyPage, limitMemory, MODEL, stage } from "./support/stage.mjs";

const plain = stage({ browserArguments: ["--js-flags=--expose-gc"] });
const isolated = stage({ isolated: true });
const card = stage({ card: true });

/** A number of runs that used to fill the memory of the engine: 146 of some 30 MB. */
const MANY = 160;

/** Largest memory that is held (`worker/runs.ts`), besides the model, its weights and one run in progress. */
const MOST_BYTES = (256 + 128) * 2 ** 20;

/** Loads the client, and makes inputs that differ: so many runs can be had without a decoder. */
async function ready(page, options = {}, { isolated = false } = {}) {
  await emptyPage(page, { isolated });
  await page.evaluate(
    async ([model, options]) => {
      window.client = await import("/lib/candling.js");
      window.candling = await window.client.Candling.load({ model, ...options });
      window.inputOf = (seed) => {
        let state = seed + 1;
        return Float32Array.from(
          { length: 3 * 224 * 224 },
          () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1,
        );
      };
      window.runOf = (seed) => window.candling.runTensor(window.inputOf(seed), [1, 3, 224, 224]);
      window.mapOf = async (run) => [...(await run.explain({ method: "grad-cam", target: 235 })).data];
    },
    [MODEL, options],
  );
}

const many = (page, count) =>
  page.evaluate(async (count) => {
    window.runs = [];
    for (let seed = 0; seed < count; seed++) window.runs.push(await window.runOf(seed));
    return window.candling.stats();
  }, count);

for (const [where, on, how] of [
  ["a plain page", plain, {}],
  ["a page with threads", isolated, { isolated: true }],
]) {
  test(`${where}: ${MANY} runs without a free() fit, and the first answers as it did`, async () => {
    await on.withPage(async (page) => {
      const warnings = [];
      page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
      await ready(page, {}, how);
      const before = await page.evaluate(async () => {
        const run = await window.runOf(0);
        const answer = {
          map: await window.mapOf(run),
          features: [...(await run.features())],
          logits: [...run.logits],
        };
        run.free();
        return answer;
      });
      const { runs, memory, forwards } = await many(page, MANY);
      assert.equal(runs, MANY);
      assert.ok(memory <= MOST_BYTES, `${memory} bytes`);
      assert.equal(warnings.length, 1, "said once");
      assert.match(warnings[0], /^candling: \d+ runs were not freed\. .*run\.free\(\)/);

      const again = await page.evaluate(async () => {
        const [first] = window.runs;
        const answer = {
          map: await window.mapOf(first),
          features: [...(await first.features())],
          logits: [...first.logits],
        };
        return { answer, stats: await window.candling.stats() };
      });
      assert.deepEqual(again.answer, before, "to the bit");
      assert.equal(again.stats.forwards, forwards + 1, "one pass more, for both questions");
      const { forwards: last } = await page.evaluate(async () => {
        await window.mapOf(window.runs.at(-1));
        return window.candling.stats();
      });
      assert.equal(last, forwards + 1, "those used last keep what they have");
      const left = await page.evaluate(async () => {
        for (const run of window.runs) run.free();
        return (await window.candling.stats()).runs;
      });
      assert.equal(left, 0);
    });
  });
}

test("experiments on a run that gave up its memory", async () => {
  await plain.withPage(async (page) => {
    await ready(page);
    const experiments = () =>
      page.evaluate(async () => {
        const [run] = window.runs;
        const mask = new Uint8Array(224 * 224).fill(1, 0, 224 * 100);
        const { logits } = await run.perturb({ mask, fill: "grey" });
        const { maps } = await run.randomized({ layers: 1, target: 235, methods: ["grad-cam"] });
        const occluded = await run.occlusion({ patch: 112, stride: 112, workers: 1, target: 235 });
        return { logits: [...logits], random: [...maps[0].map.data], occluded: [...occluded.data] };
      });
    await many(page, 1);
    const before = await experiments();
    await page.evaluate(async () => {
      for (let seed = 1; seed < 20; seed++) window.runs.push(await window.runOf(seed));
    });
    assert.deepEqual(await experiments(), before);
  });
});

test("runs that are out of reach are freed", async () => {
  await plain.withPage(async (page) => {
    await ready(page);
    await page.evaluate(async () => {
      for (let seed = 0; seed < 4; seed++) await window.runOf(seed);
      window.kept = await window.runOf(4);
    });
    // the collector comes when it likes, and finalisers after it
    await waitUntil(() =>
      page.evaluate(async () => {
        window.gc();
        return (await window.candling.stats()).runs === 1;
      }),
    );
    assert.equal((await page.evaluate(() => window.mapOf(window.kept))).length, 49);
  });
});

test("a memory that is smaller still: the error says that runs are to be freed, and the next call works", async () => {
  await plain.withPage(async (page) => {
    await limitMemory(page, 192 * 2 ** 20);
    await ready(page);
    const { made, error } = await page.evaluate(async () => {
      window.runs = [];
      const error = await window.failure(async () => {
        for (let seed = 0; seed < 20; seed++) window.runs.push(await window.runOf(seed));
      });
      return { made: window.runs.length, error };
    });
    assert.ok(made > 1);
    assert.equal(error.code, "engine-crashed");
    assert.ok(
      error.message.endsWith(`try a smaller picture, or free() those of the ${made} runs that are done with`),
      error.message,
    );
    assert.equal((await page.evaluate(async () => window.mapOf(await window.runOf(0)))).length, 49);
  });
});

test("runs on a card: their memory is given up too, and they are run again where they were, or where that is no more, on the processor", async () => {
  await card.withPage(async (page) => {
    await ready(page, { backend: "webgpu" });
    const answer = () =>
      page.evaluate(async () => {
        const { data, backend } = await window.runs[0].explain({ method: "grad-cam", target: 235 });
        return { map: [...data], backend };
      });
    await many(page, 1);
    const before = await answer();
    assert.equal(before.backend, "webgpu");
    const { forwards } = await page.evaluate(async () => {
      for (let seed = 1; seed < 12; seed++) window.runs.push(await window.runOf(seed));
      return window.candling.stats();
    });
    assert.deepEqual(await answer(), before);
    assert.equal((await page.evaluate(() => window.candling.stats())).forwards, forwards + 1);

    // without the GPU, which is not reported as failed
    const { backend, reason } = await page.evaluate(async () => {
      await window.candling.useBackend("cpu");
      const { backend } = await window.runs[1].explain({ method: "grad-cam" });
      return { backend, reason: window.candling.backend.reason };
    });
    assert.deepEqual({ backend, reason }, { backend: "cpu", reason: "asked" });
  });
});
