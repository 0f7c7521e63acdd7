/** Pointing at something in the picture, and the notes beside answers that are not sure. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hold, shown } from "./support/lab.mjs";
import { idle, message, numbers, openLab, stage } from "./support/stage.mjs";

const { withPage } = stage();

/** Clicks the large picture at shares of it. */
async function point(page, x, y) {
  const { width, height } = await page.locator(".large .stage").boundingBox();
  await page.click(".large .stage", { position: { x: x * width, y: y * height } });
}

/** Waits until a class is asked and shown. */
async function asked(page, target) {
  await page.waitForSelector(`#predictions [data-class="${target}"][aria-pressed="true"]`);
  await idle(page);
  assert.equal((await numbers(page, "cam")).target, target);
}

test("the cat, then the dog, in whichever view is large; and words where there is nothing", async () => {
  await withPage(async (page) => {
    await openLab(page);
    for (const view of ["cam", "photo", "guided-backprop"]) {
      if (view !== "cam") await page.click(`[data-view="${view}"] .enlarge`);
      await point(page, 0.72, 0.4);
      await asked(page, 285);
      await point(page, 0.3, 0.4);
      await asked(page, 235);
    }
    await point(page, 0.9, 0.93);
    await page.waitForSelector("#message:not([hidden])");
    assert.match(await message(page), /None of the answers has its evidence there/);
    assert.equal((await numbers(page, "cam")).target, 235);
  });
});

test("before the network is there, the picture says when it answers", async () => {
  await withPage(async (page) => {
    const release = await hold(page, "**/models/*.safetensors");
    await page.goto("/");
    await page.waitForSelector("#alive:not([disabled])", { state: "attached" });
    await page.waitForSelector("#samples button");
    await point(page, 0.72, 0.4);
    await page.waitForFunction(() =>
      /as soon as the network is loaded/.test(document.querySelector("#message-text").textContent),
    );
    release();
    await idle(page);
  });
});

test("beside answers of which none is sure stands what the classes are, and only there", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const words = async () => ((await page.isVisible("#sure")) ? page.textContent("#sure") : "");
    assert.match(await words(), /1000 classes share the 100/);
    const below = () =>
      page.$eval(
        ".answers .ask",
        (ask) => ask.getBoundingClientRect().top - ask.parentElement.getBoundingClientRect().top,
      );
    const before = await below();
    await page.click('#samples [data-file="castle.jpg"]');
    await shown(page, await page.getAttribute('#samples [data-file="castle.jpg"]', "title"));
    assert.equal(await words(), "");
    assert.equal(await below(), before, "nothing moves");
    await page.click('#samples [data-file="astronaut.jpg"]');
    await shown(page, await page.getAttribute('#samples [data-file="astronaut.jpg"]', "title"));
    assert.match(await words(), /people are not among them/);
  });
});

test("without scripts nothing looks as if it would answer", async () => {
  await withPage(
    async (page) => {
      await page.goto("/");
      assert.equal(await page.locator(":is(main, header) :is(button, input, select):enabled").count(), 0);
      assert.ok(
        Number(
          await page
            .locator("#choose")
            .evaluate((button) => getComputedStyle(button).opacity)
            .catch(() => "0.5"),
        ) < 1,
      );
    },
    { javaScriptEnabled: false },
  );
});
