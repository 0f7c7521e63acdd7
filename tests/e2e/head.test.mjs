/**
 * The worker that trains and evaluates heads, by itself: its numbers against NumPy's, and what it refuses.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { emptyPage, stage } from "./support/stage.mjs";

const read = (name) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const golden = read("head");
/** The random draws of the native crate. */
const draws = read("draws");
const { withPage } = stage();

/** Largest difference of a head in wasm from the command's, which is compared with the same numbers. */
const APART = 1e-4;

/** Opens a page with `ask(kind, ask)`, which returns the worker's steps and its answer, or its failure. */
async function withTrainer(body) {
  await withPage(async (page) => {
    await emptyPage(page);
    await page.evaluate(() => {
      const worker = new Worker("/lib/candling-trainer.js", { type: "module" });
      const files = {
        module: new URL("/lib/head/candling_head.js", location.href).href,
        wasm: new URL("/lib/head/candling_head_bg.wasm", location.href).href,
      };
      let id = 0;
      window.ask = (kind, ask) =>
        new Promise((resolve) => {
          const mine = id++;
          const steps = [];
          worker.addEventListener("message", function listen({ data }) {
            if (data.id !== mine) return;
            if (data.type === "step") return steps.push(data.step);
            worker.removeEventListener("message", listen);
            resolve({ ...data, steps });
          });
          worker.postMessage({ files, id: mine, kind, ask });
        });
    });
    await body(page);
  });
}

/** Trains in the page on examples given as plain arrays. */
const train = (page, examples) =>
  page.evaluate(async ({ features, labels, heldOut, classes, width }) => {
    const ask = {
      features: Float32Array.from(features),
      labels: Uint32Array.from(labels),
      heldOut: Uint8Array.from(heldOut ?? labels.map(() => 0)),
      classes,
      width,
    };
    const { type, failure, answer, steps } = await window.ask("train", ask);
    if (type === "failure") return { failure };
    const { head, answers, milliseconds } = answer;
    return { weight: [...head.weight], bias: [...head.bias], answers: [...answers], milliseconds, steps };
  }, examples);

test("a head comes out as NumPy's, the same each time, and its steps are told", async (t) => {
  await withTrainer(async (page) => {
    const trained = await train(page, golden);
    for (const part of ["weight", "bias"]) {
      const apart = Math.max(...trained[part].map((value, at) => Math.abs(value - golden[part][at])));
      t.diagnostic(`${part}: ${apart}`);
      assert.equal(trained[part].length, golden[part].length);
      assert.ok(apart < APART, `${part}: ${apart}`);
    }
    assert.equal(trained.steps.length, 400);
    assert.ok(trained.steps.at(-1).loss < trained.steps[0].loss);
    assert.ok(Math.abs(trained.steps[0].loss - Math.log(golden.classes)) < 1e-6, "nothing is known at first");
    const again = await train(page, golden);
    assert.deepEqual([again.weight, again.bias, again.steps], [trained.weight, trained.bias, trained.steps]);
  });
});

test("what is held out is not learnt from, and is answered", async () => {
  await withTrainer(async (page) => {
    const heldOut = golden.labels.map((_, at) => Number(at < 6));
    const trained = await train(page, { ...golden, heldOut });
    const part = (list, width) => list.slice(6 * width);
    const without = await train(page, {
      ...golden,
      features: part(golden.features, golden.width),
      labels: part(golden.labels, 1),
    });
    assert.deepEqual(trained.weight, without.weight);
    assert.equal(trained.answers.length, golden.labels.length);
    assert.deepEqual(trained.answers.slice(6), without.answers);
  });
});

test("bad examples fail with their codes", async () => {
  await withTrainer(async (page) => {
    const cases = {
      "empty-class": { ...golden, classes: 4 },
      "too-few-classes": { ...golden, classes: 1, labels: golden.labels.map(() => 0) },
      "unknown-class": { ...golden, classes: 2 },
      "not-finite": {
        ...golden,
        features: golden.features.map((value, at) => (at === 5 ? Number.POSITIVE_INFINITY : value)),
      },
    };
    for (const [code, examples] of Object.entries(cases)) {
      const { failure } = await train(page, examples);
      assert.equal(failure?.code, code);
    }
    const failed = await page.evaluate(() =>
      window.ask("model", {
        file: new Blob(["no model"]),
        name: "x",
        labels: ["a"],
        head: { weight: new Float32Array(1), bias: new Float32Array(1) },
      }),
    );
    assert.equal(failed.failure.code, "bad-model");
  });
});

test("shares of evidence, and means with their intervals", async () => {
  await withTrainer(async (page) => {
    const share = (mask, view) =>
      page.evaluate(
        async ([mask, view]) =>
          (
            await window.ask("evidence", {
              map: Float32Array.of(1, 0, 0, 3),
              height: 2,
              width: 2,
              mask: Uint8Array.from(mask),
              maskHeight: 4,
              maskWidth: 4,
              view,
            })
          ).answer,
        [mask, view],
      );
    const everywhere = Array(16).fill(1);
    assert.equal(await share(everywhere, [0, 0, 4, 4]), 1);
    assert.equal(
      await share(
        everywhere.map(() => 0),
        [0, 0, 4, 4],
      ),
      0,
    );
    const shares = (values) =>
      page.evaluate(async (values) => (await window.ask("shares", Float64Array.from(values))).answer, values);
    assert.equal(await shares([]), null);
    assert.deepEqual(
      await shares([0, 1, 1, 1]),
      { mean: 0.75, interval: null, count: 4, words: "75.0 % (of 4)" },
      "a handful has no interval",
    );
    assert.deepEqual((await shares(Array(9).fill(1))).interval, null, "nor have values that are all alike");
    assert.deepEqual((await shares(draws.values)).interval, draws.interval);
    const answers = (right, of) =>
      page.evaluate(async (ask) => (await window.ask("answers", ask)).answer, { right, of });
    assert.equal(await answers(0, 0), null);
    // as statsmodels has them: proportion_confint(16, 16, method="wilson")
    const all = await answers(16, 16);
    assert.ok(Math.abs(all.interval[0] - 0.8063923194655633) < 1e-12 && all.interval[1] === 1);
    assert.equal(all.words, "100.0 % (80.6 to 100.0)");
    const held = await page.evaluate(
      async ({ labels, share }) => [
        ...(await window.ask("split", { labels: Uint32Array.from(labels), share })).answer,
      ],
      draws,
    );
    assert.deepEqual(held, draws.held_out);
  });
});
