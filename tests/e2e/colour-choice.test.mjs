/**
 * The colours that a visitor chooses beside a picture: in the lab, in the lesson and on the page of own
 * pictures, and from one to the other.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSettings, shown } from "./support/lab.mjs";
import { examined, openOwn, openPhoto, train, twoClasses } from "./support/own.mjs";
import { frames, idle, openLab, PNG, stage } from "./support/stage.mjs";

const { withPage } = stage();

/** A pass over the network takes a while where the machine is busy. */
const PATIENCE = { timeout: 120_000 };

/** The least contrast between a photo and what lies beside it, WCAG's for the parts of a picture (1.4.11). */
const EDGE = 3;

/** The choices in all selects of the page. */
const chosen = (page) => page.$$eval("select[data-colours]", (choices) => choices.map(({ value }) => value));

/** The select in a part of the page. */
const choice = (page, part) => page.locator(part).getByRole("combobox", { name: "Colours", exact: true });

/** Waits until all of these canvases are painted in some colours. */
const painted = (page, selector, colours) =>
  page.waitForFunction(
    ([selector, colours]) => {
      const canvases = [...document.querySelectorAll(selector)];
      return canvases.length > 0 && canvases.every(({ dataset }) => dataset.colours === colours);
    },
    [selector, colours],
    PATIENCE,
  );

/** Pixels of canvases, as text. */
const pictures = (page, selector) =>
  page.$$eval(selector, (canvases) => canvases.map((canvas) => canvas.toDataURL()));

/** Waits for a picture other than `before`. */
const another = (page, selector, before) =>
  page.waitForFunction(
    ([selector, before]) => document.querySelector(selector).toDataURL() !== before,
    [selector, before],
    PATIENCE,
  );

/** A picture of noise between two levels. */
function grey(from, to) {
  const png = new PNG({ width: 224, height: 224 });
  for (let at = 0; at < png.data.length; at += 4)
    png.data.set(
      [0, 0, 0]
        .map((_, channel) => from + (((at + 4 * channel) * 7919) % 97) * ((to - from) / 97))
        .concat(255),
      at,
    );
  return PNG.sync.write(png);
}

test("the lab: that candle makes a dark photo brighter is said, of that photo in those colours only", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const about = () => page.textContent('[data-view="cam"] .about');
    const map = '[data-view="cam"] canvas';
    const words = /Where it is lit, this photo is darker than shown here\.$/;
    assert.doesNotMatch(await about(), words);
    for (const [name, from, to] of [
      ["night.png", 0, 60],
      ["fog.png", 90, 180],
    ]) {
      await page.setInputFiles("#file", { name, mimeType: "image/png", buffer: grey(from, to) });
      await shown(page, name);
      const brighter = await page.$eval(map, (canvas) => {
        const { peakX, peakY } = canvas.dataset;
        const mean = (picture) => {
          const { data } = picture
            .getContext("2d")
            .getImageData(Number(peakX) - 8, Number(peakY) - 8, 16, 16);
          return data.reduce((sum, level, at) => sum + (at % 4 === 3 ? 0 : level), 0) / (3 * 256);
        };
        return mean(canvas) / mean(document.querySelector("#photo"));
      });
      if (name === "night.png") {
        assert.ok(brighter > 2, `${brighter} times as bright`);
        assert.match(await about(), words);
        await choice(page, "#why").selectOption("turbo");
        await page.waitForFunction(
          () => !/darker/.test(document.querySelector('[data-view="cam"] .about').textContent),
        );
        await choice(page, "#why").selectOption("candle");
        await page.waitForFunction(() =>
          /darker/.test(document.querySelector('[data-view="cam"] .about').textContent),
        );
      } else {
        assert.doesNotMatch(await about(), words);
      }
    }
  });
});

test("the lab: beside the picture, by keyboard, kept for the next visit, and a link goes first", async () => {
  await withPage(async (page) => {
    await openLab(page);
    assert.deepEqual(await chosen(page), ["candle"]);
    const map = '[data-view="cam"] canvas';
    const [candle] = await pictures(page, map);
    const colours = choice(page, "#why");
    const picture = await page.locator(map).boundingBox();
    const { y, height } = await colours.boundingBox();
    assert.ok(y + height <= picture.y && picture.y - y - height < 40, "just above the picture");
    await colours.focus();
    await page.keyboard.press("ArrowDown");
    await another(page, map, candle);
    assert.match(page.url(), /colours=turbo/);
    await openSettings(page);
    assert.equal(await page.inputValue("#opacity"), "50");
    const [turbo] = await pictures(page, map);

    await page.goto("about:blank");
    await openLab(page);
    assert.deepEqual(await chosen(page), ["turbo"]);
    assert.deepEqual(await pictures(page, map), [turbo]);

    await page.goto("about:blank");
    await page.goto("/?colours=candle");
    await idle(page);
    assert.deepEqual(await pictures(page, map), [candle]);
    // it was a link's, not the visitor's
    await page.goto("about:blank");
    await page.goto("/");
    await idle(page);
    assert.deepEqual(await chosen(page), ["turbo"]);
  });
});

test("the lab where nothing may be kept: the choice holds for the visit", async () => {
  await withPage(async (page) => {
    await page.addInitScript(() =>
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new DOMException("forbidden", "SecurityError");
        },
      }),
    );
    await openLab(page);
    const map = '[data-view="cam"] canvas';
    const [candle] = await pictures(page, map);
    await page.selectOption("#colormap", "viridis");
    await another(page, map, candle);
    assert.deepEqual(await chosen(page), ["viridis"]);
  });
});

test("the lesson: both choices say the same, and everything that is lit is painted anew", async () => {
  await withPage(async (page) => {
    await page.goto("/bias.html");
    await page.waitForSelector('#lesson[aria-busy="false"]');
    for (const step of ["teach", "elsewhere", "light"]) {
      await page.click(`#${step}-go`);
      await page.waitForSelector(`#${step}[data-state="done"][aria-busy="false"]`, PATIENCE);
    }
    const before = await pictures(page, "#light-map, #light-sheet .lit");
    await choice(page, "#light").selectOption("viridis");
    assert.deepEqual(await chosen(page), ["viridis", "viridis"]);
    await painted(page, "#light-map", "viridis");
    // another before the sheets are done
    await choice(page, "#again").selectOption("inferno");
    await painted(page, "#light-map, #light-sheet .lit, #swapped-sheet .lit, #like-sheet .lit", "inferno");
    const after = await pictures(page, "#light-map, #light-sheet .lit");
    assert.equal(before.length, 33);
    assert.ok(after.every((picture, at) => picture !== before[at]));
  });
});

test("own pictures: the contact sheet and the viewer, in the colours of the lab", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.selectOption("#colormap", "viridis");
    await openOwn(page);
    await twoClasses(page, 4);
    await train(page);
    await examined(page, 8);
    assert.deepEqual(await chosen(page), ["viridis", "viridis"]);
    await painted(page, "#sheet canvas", "viridis");
    const before = await pictures(page, "#sheet canvas");
    // it is painted where it is in sight
    await page.$eval("#sheet", (sheet) => sheet.scrollIntoView({ behavior: "instant" }));
    await choice(page, "#filters").selectOption("candle");
    await painted(page, "#sheet canvas", "candle");
    const after = await pictures(page, "#sheet canvas");
    assert.ok(after.every((picture, at) => picture !== before[at]));

    await openPhoto(page);
    assert.equal(await page.getAttribute("#picture", "data-colours"), "candle");
    const [candle] = await pictures(page, "#picture");
    await choice(page, "#viewer").selectOption("turbo");
    await another(page, "#picture", candle);
    await page.click("#viewer-close");
    await painted(page, "#sheet canvas", "turbo");
  });
});

/** A photo of one colour. */
function even(width, height, level) {
  const png = new PNG({ width, height });
  png.data.fill(level);
  for (let at = 3; at < png.data.length; at += 4) png.data[at] = 255;
  return PNG.sync.write(png);
}

/** Relative luminance, WCAG 2. */
function luminance({ data }, at) {
  const [r, g, b] = [0, 1, 2].map((channel) => {
    const share = data[at + channel] / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The highest contrast of two neighbouring pixels of a row or a column. */
function steepest(png, from, step, count) {
  let most = 1;
  for (let i = 1; i < count; i++) {
    const [a, b] = [luminance(png, from + (i - 1) * step), luminance(png, from + i * step)];
    most = Math.max(most, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return most;
}

for (const colorScheme of ["dark", "light"]) {
  test(`the lab, ${colorScheme}: the edge of a black photo is seen, upright and wide`, async () => {
    await withPage(
      async (page) => {
        await openLab(page);
        for (const [name, width, height] of [
          ["upright.png", 150, 400],
          ["wide.png", 500, 100],
        ]) {
          await page.setInputFiles("#file", { name, mimeType: "image/png", buffer: even(width, height, 3) });
          await shown(page, name);
          await page.$eval("#why-title", (title) => title.scrollIntoView({ behavior: "instant" }));
          await frames(page);
          const box = await page.locator(".large .stage").boundingBox();
          const png = PNG.sync.read(await page.screenshot({ clip: box }));
          // from the middle of the letterbox into the photo
          const [x, y] = width < height ? [png.width / 4, png.height / 2] : [png.width / 2, png.height / 8];
          const from = 4 * (Math.round(y) * png.width + Math.round(x));
          const contrast =
            width < height
              ? steepest(png, from, 4, Math.round(png.width / 4))
              : steepest(png, from, 4 * png.width, Math.round(png.height / 4));
          assert.ok(contrast >= EDGE, `${name}: ${contrast}`);
        }
      },
      { colorScheme },
    );
  });
}
