/**
 * The lab's switch between CPU and GPU: its effect and its texts, that it is remembered, and what is said of
 * a GPU that failed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyedAfter, inWorker, ofGpu } from "./support/gpu.mjs";
import { lookAt, settled } from "./support/lab.mjs";
import { idle, numbers, openLab, stage } from "./support/stage.mjs";

const card = stage({ card: true });
const noCard = stage();

/** Chooses with the arrow keys, as people without a mouse do. */
async function choose(page, value) {
  await lookAt(page, "machine");
  await page.focus("#backend input:checked");
  const chosen = () => page.$eval("#backend input:checked", (input) => input.value);
  for (let press = 0; press < 2 && (await chosen()) !== value; press++)
    await page.keyboard.press("ArrowRight");
  assert.equal(await chosen(), value);
}

/** Waits until the page says this of where it computes. */
async function says(page, words) {
  await page.waitForFunction(
    (words) => document.querySelector("#backend-text").textContent.includes(words),
    words,
  );
}

/** The heatmap on the page, once there is one of where it computes now. */
async function heatmap(page, where) {
  await page.waitForFunction(
    (where) => document.querySelector("#loading-text").textContent.endsWith(where),
    where,
  );
  await idle(page);
  return numbers(page, "cam");
}

test("the graphics card is chosen by keyboard, computes the photo anew, and is remembered", async () => {
  await card.withPage(async (page, requests) => {
    await openLab(page);
    const before = await numbers(page, "cam");
    assert.deepEqual(ofGpu(requests), []);
    await page.evaluate(() => {
      const said = (window.said = []);
      new MutationObserver(() => said.push(document.getElementById("announce").textContent)).observe(
        document.getElementById("announce"),
        { childList: true },
      );
    });
    await choose(page, "webgpu");
    await says(page, "The graphics card (google, swiftshader), as you chose.");
    const after = await heatmap(page, "on your graphics card");
    assert.equal(after.target, before.target);
    assert.ok(Math.abs(after.strength / before.strength - 1) < 1e-4, `${after.strength}, ${before.strength}`);
    assert.ok(
      (await page.evaluate(() => window.said)).includes(
        "The graphics card (google, swiftshader), as you chose.",
      ),
    );

    await page.reload();
    await idle(page);
    assert.match(await page.textContent("#loading-text"), /on your graphics card$/);
    await lookAt(page, "machine");
    assert.ok(await page.isChecked('#backend [value="webgpu"]'));
    await says(page, "as you chose");
  });
});

test("without WebGPU the card cannot be chosen, and the page says why", async () => {
  await noCard.withPage(async (page) => {
    await page.addInitScript(() => Object.defineProperty(navigator, "gpu", { value: undefined }));
    await openLab(page);
    await lookAt(page, "machine");
    assert.ok(await page.isDisabled('#backend [value="webgpu"]'));
    await says(page, "The processor. This browser has no WebGPU");
    assert.equal(await page.getAttribute("#backend", "aria-describedby"), "backend-text");
  });
});

test("a card that is none: automatic stays on the processor, and says so, in a line that does not move the page", async () => {
  await card.withPage(async (page, requests) => {
    await openLab(page);
    await lookAt(page, "machine");
    const height = await page.$eval("#machine", ({ offsetHeight }) => offsetHeight);
    await says(page, "The processor: the graphics card (google, swiftshader) is made up by it, and slower.");
    assert.equal(await page.$eval("#machine", ({ offsetHeight }) => offsetHeight), height);
    assert.deepEqual(ofGpu(requests), []);
  });
});

test("a card that is lost: the heatmap is the processor's, and a quiet line says so", async () => {
  await card.withPage(
    async (page) => {
      await inWorker(page, destroyedAfter(2));
      await openLab(page);
      const before = await numbers(page, "cam");
      await choose(page, "webgpu");
      await says(page, "The processor. The graphics card failed");
      const after = await heatmap(page, "without the card, which failed");
      await settled(page, "machine");
      assert.deepEqual(after, before);
      assert.ok(await page.isHidden("#message"), "no alarm");
    },
    { expectErrors: /GPU|Device|device/ },
  );
});
