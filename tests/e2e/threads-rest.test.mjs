/**
 * Threads that make a pass slower are left out, by the worker's clock, and no bit changes.
 * `crates/cpu/src/parallel/choice.rs` decides when.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inWorker } from "./support/gpu.mjs";
import { emptyPage, MODEL, stage } from "./support/stage.mjs";

const { withPage } = stage({ isolated: true });

/** A clock by which each pass takes `step` milliseconds. */
const clock = "let now = 1000; self.step = 100; performance.now = () => (now += self.step);";

test("passes that are slow on threads and fast on one: the threads rest, with the same bits", async () => {
  await withPage(async (page) => {
    await emptyPage(page, { isolated: true });
    await inWorker(page, clock);
    await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      window.candling = await Candling.load({ model, build: "threads", threads: 2 });
      window.photo = await (await fetch("/samples/dog_cat.jpg")).blob();
    }, MODEL);
    const worker = page.workers().find((worker) => worker.url().endsWith("candling-worker.js"));
    const pass = async (step) => {
      await worker.evaluate((step) => (self.step = step), step);
      return page.evaluate(async () => {
        const run = await window.candling.run(window.photo);
        const { data } = await run.explain({ method: "guided-backprop", target: 235 });
        const answer = { logits: [...run.logits], map: [...data] };
        run.free();
        return { answer, threads: (await window.candling.stats()).threads };
      });
    };
    const passes = [];
    for (const step of [100, 100, 100, 10, 10, 10, 10]) passes.push(await pass(step));
    assert.deepEqual(
      passes.map(({ threads }) => threads),
      [2, 2, 2, 1, 1, 1, 1],
    );
    // a while later they are tried again, and are fast
    await pass(10_000);
    for (let tries = 0; passes.at(-1).threads === 1; tries++) {
      assert.ok(tries < 100, "they are tried");
      passes.push(await pass(1));
    }
    for (const { answer } of passes) assert.deepEqual(answer, passes[0].answer);
  });
});

test("the lab says how many there are, and nothing of a rest where none rest", async () => {
  await withPage(async (page) => {
    // all passes take the same: no machine is so busy that they had reason to
    await inWorker(page, clock);
    await page.goto("/");
    await page.$eval("#machine", (section) => section.scrollIntoView({ behavior: "instant" }));
    await page.waitForSelector("#facts[data-build]", { state: "attached" });
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const facts = await page.textContent("#facts");
    if (cores > 1) assert.match(facts, new RegExp(`threads, ${Math.min(cores, 8)} of them`));
    assert.doesNotMatch(facts, /resting/);
  });
});
