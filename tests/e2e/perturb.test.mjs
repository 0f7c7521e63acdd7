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
        pairs: [...pairs, [Array.from(whole.logits), Array.from(run.logits)], [Array.from(again.logits), Array.from(blurred.logits)]],
        sum: blurred.probabilities.reduce((sum, p) => sum + p, 0),
        dog: [run.predictions.find(({ index }) => index === 235).probability, whole.probabilities[235], blurred.probabilities[235]],
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
      const cases = [undefined, {}, { mask: mask.subarray(1) }, { mask: Array.from(mask) }, { mask, fill: "red" }, { mask, signal: AbortSignal.abort() }];
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
