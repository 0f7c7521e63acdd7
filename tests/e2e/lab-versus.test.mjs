/** Two maps and a divider: both are seen, on whichever side their evidence lies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { data, lookAt, openSettings, settled, shown } from "./support/lab.mjs";
import { idle, openLab, stage } from "./support/stage.mjs";

const { withPage } = stage();

/**
 * The share of the brightest pixels of each map that lies on the side of the divider on which the map is
 * visible; the colours are switched to grey levels of the evidence, which leave nothing of the photo.
 */
const seen = (page, brightest = 0.05) =>
  page.evaluate((brightest) => {
    const flipped = document.querySelector("#divided").classList.contains("flipped");
    const cut = Number(document.querySelector("#divider").value) / 100;
    const box = document.querySelector("#divided").getBoundingClientRect();
    return ["a", "b"].map((side) => {
      const canvas = document.querySelector(`#versus-${side}`);
      const { width, height } = canvas;
      const shown = Math.min(box.width, (box.height * width) / height);
      const edge = ((cut * box.width - (box.width - shown) / 2) / shown) * width;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const values = Array.from(
        { length: width * height },
        (_, at) => data[4 * at] + data[4 * at + 1] + data[4 * at + 2],
      );
      const bright = [...values].sort((x, y) => y - x)[Math.floor(values.length * brightest)];
      const isLeft = (side === "a") !== flipped;
      let [all, here] = [0, 0];
      values.forEach((value, at) => {
        if (value < bright) return;
        all += 1;
        if (at % width < edge === isLeft) here += 1;
      });
      return here / all;
    });
  }, brightest);

/** Viridis at full strength: brighter is more. */
async function paintEvidence(page) {
  await openSettings(page);
  await page.selectOption("#colormap", "viridis");
  await page.locator("#opacity").fill("100");
}

test("whichever of the two is asked, both are seen, and the words say where", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await paintEvidence(page);
    for (const [target, other] of [
      [235, 285],
      [285, 235],
    ]) {
      await page.click(`#predictions [data-class="${target}"]`);
      await idle(page);
      await lookAt(page, "versus");
      for (const pair of ["evidence", "margin", "against"]) {
        await page.check(`[name="pair"][value="${pair}"]`, { force: true });
        await settled(page, "versus");
        await page.waitForFunction((pair) => document.querySelector("#versus-b").dataset.pair === pair, pair);
        const shares = await seen(page);
        for (const share of shares)
          assert.ok(share > 0.3, `${target} and ${other}, ${pair}: ${shares.join(", ")}`);
      }
      await page.check('[name="pair"][value="evidence"]', { force: true });
      await settled(page, "versus");
      const [a, b] = [await data(page, "#versus-a"), await data(page, "#versus-b")];
      assert.deepEqual([a.target, b.target], [target, other]);
      const places = await page.$$eval("#tag-a, #tag-b", (tags) =>
        tags.map((tag) => tag.getBoundingClientRect().left),
      );
      // the dog is on the left of the photo
      assert.equal(places[0] < places[1], target === 235);
      const about = await page.textContent("#versus-about");
      assert.match(
        about,
        target === 235
          ? /^(The sides have changed\. )?Left of the divider what speaks for German Shepherd Dog, right/
          : /^(The sides have changed\. )?Right of the divider what speaks for Egyptian Mau, left/,
      );
      assert.match(
        await page.getAttribute("#divider", "aria-valuetext"),
        target === 235 ? /A to the left/ : /B to the left/,
      );
    }
  });
});

test("on an upright photo, and where both lie in one place, each side shows some of it", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await paintEvidence(page);
    await page.click('#samples [data-file="officer.jpg"]');
    await shown(page, "Grace Hopper in uniform");
    await lookAt(page, "versus");
    const shares = await seen(page, 1 / 3);
    for (const share of shares) assert.ok(share > 0.2, shares.join(", "));
  });
});

test("a divider stays where it was put, and moves only where nothing would be seen", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "versus");
    const at = () => page.$eval("#divider", ({ value }) => Number(value));
    const put = (value) => page.locator("#divider").fill(String(value));
    await put(48);
    await page.click('#other-chips [data-class="281"]');
    await settled(page, "versus");
    assert.equal(await at(), 48, "both are seen there");
    await put(98);
    assert.equal(await at(), 98);
    await page.click('#other-chips [data-class="285"]');
    await settled(page, "versus");
    assert.ok((await at()) < 70, `the other class would not be seen at 98, so it is at ${await at()}`);
  });
});

test("where the sides change, that is said; who only passes by hears nothing", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const spoken = () => page.textContent("#announce");
    const first = await spoken();
    assert.match(first, /^The network says/);
    await page.focus("#divider");
    await page.waitForSelector("#versus[data-shown]");
    // what is read out when a hand has rested was due before this
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)));
    assert.equal(await spoken(), first);

    const left = () =>
      page.$$eval(
        "#tag-a, #tag-b",
        (tags) =>
          tags.sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)[0].textContent,
      );
    const [dog, cat] = ["German Shepherd Dog", "Egyptian Mau"];
    assert.equal(await left(), dog);
    assert.doesNotMatch(await page.textContent("#versus-about"), /sides have/);
    await page.check('[name="pair"][value="against"]', { force: true });
    await page.waitForSelector('#versus-b[data-pair="against"]');
    await settled(page, "versus");
    // what speaks against the dog lies where the cat is
    assert.equal(await left(), `against ${cat}`);
    assert.match(
      await page.textContent("#versus-about"),
      new RegExp(
        `^The sides have changed. Right what speaks against ${dog}, left what speaks against ${cat}`,
      ),
    );
    await page.waitForFunction(() =>
      document
        .querySelector("#announce")
        .textContent.startsWith("The sides have changed. Right what speaks against German"),
    );
    assert.match(await spoken(), /Counterfactual: .* Counterfactual: /);
    await page.check('[name="pair"][value="evidence"]', { force: true });
    await page.waitForFunction(() =>
      /^The sides have changed. Left of the divider what speaks for German/.test(
        document.querySelector("#announce").textContent,
      ),
    );
    await page.check('[name="pair"][value="margin"]', { force: true });
    await page.waitForFunction(() =>
      /^Left what speaks for German/.test(document.querySelector("#announce").textContent),
    );
  });
});
