/**
 * `<candling-view>` in what stands around it: grids, tables, other documents, other directions and colours of
 * the reader's own.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPost, states, view } from "./support/post.mjs";
import { stage } from "./support/stage.mjs";

const { withPage } = stage();

/** Largest difference of equal boxes in pixels. */
const PLACE = 0.5;

const adopt = (page, css) =>
  page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }, css);

const SHRINKING = {
  "a grid of three": [
    "main div { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 8px }",
    (views) => `<div>${views}</div>`,
  ],
  "a row of flex items": [
    "main div { display: flex } candling-view { flex: 1 }",
    (views) => `<div>${views}</div>`,
  ],
  "a flex container of its own": [
    "candling-view { display: flex; flex-direction: column }",
    (views) => views,
  ],
  "cells of a table": [
    "table { width: 100% } img { width: 100% }",
    (views) => `<table><tr>${views.replaceAll("<candling-view", "<td><candling-view")}</table>`,
  ],
};

for (const [name, [css, wrap]] of Object.entries(SHRINKING)) {
  test(`${name}: elements with bars widen nothing`, async () => {
    await withPage(
      async (page) => {
        const views = Array.from({ length: 3 }, () => view("controls target=dowitcher")).join("");
        await openPost(page, wrap(views), { ready: false });
        await adopt(page, css);
        await page.$$eval("candling-view", (all) => all.forEach((each) => (each.loading = "eager")));
        await states(page, "ready");
        const { wide, widest } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          widest: Math.max(
            ...[...document.querySelectorAll("candling-view")].map(
              (each) => each.getBoundingClientRect().right,
            ),
          ),
        }));
        assert.ok(wide <= 700 && widest <= 700, `${wide} and ${widest} of 700`);
      },
      { viewport: { width: 700, height: 700 } },
    );
  });
}

test("moved into a frame's document: it is styled there, and the map follows the photo there", async () => {
  await withPage(async (page) => {
    await openPost(page, `${view("controls")}<iframe width=800 height=600 srcdoc='<body>'></iframe>`);
    await page.evaluate(() =>
      document.querySelector("iframe").contentDocument.body.append(document.querySelector("candling-view")),
    );
    const frame = page.frames()[1];
    const boxes = () =>
      frame.$eval("candling-view", (element) => {
        const box = (each) =>
          (({ left, top, width, height }) => [left, top, width, height])(each.getBoundingClientRect());
        return {
          photo: box(element.querySelector("img")),
          map: box(element.shadowRoot.querySelector("canvas")),
          sheets: element.shadowRoot.adoptedStyleSheets.length,
        };
      });
    const together = () =>
      frame.waitForFunction((most) => {
        const element = document.querySelector("candling-view");
        if (element?.state !== "ready") return false;
        const [photo, map] = [element.querySelector("img"), element.shadowRoot.querySelector("canvas")].map(
          (each) => each.getBoundingClientRect(),
        );
        return (
          map.width > 0 &&
          ["left", "top", "width", "height"].every((side) => Math.abs(photo[side] - map[side]) <= most)
        );
      }, PLACE);
    await together();
    assert.equal((await boxes()).sheets, 1);
    await frame.$eval("candling-view img", (photo) => (photo.style.transform = "scale(.5) rotate(20deg)"));
    await together();
    const { photo } = await boxes();
    assert.ok(photo[2] < 500, "the photo was made smaller");
    // and back
    await page.evaluate(() =>
      document
        .querySelector("main")
        .append(document.querySelector("iframe").contentDocument.querySelector("candling-view")),
    );
    assert.equal(
      await page.$eval(
        "candling-view",
        ({ shadowRoot }) => getComputedStyle(shadowRoot.querySelector(".stage")).position,
      ),
      "relative",
    );
  });
});

test("on a page from right to left, names and shares keep their order", async () => {
  await withPage(async (page) => {
    await openPost(page, `<div dir="rtl">${view("controls")}</div>`);
    const order = await page.$eval("candling-view", ({ shadowRoot }) => {
      const [name, share] = shadowRoot.querySelector("[part~=chosen]").querySelectorAll("bdi");
      const across = (from, to) => {
        const range = document.createRange();
        range.setStart(share.firstChild, from);
        range.setEnd(share.firstChild, to);
        return range.getBoundingClientRect().left;
      };
      const { length } = share.textContent;
      return {
        name: name.textContent,
        share: share.textContent,
        first: across(0, 1),
        last: across(length - 1, length),
        nameLeft: name.getBoundingClientRect().left,
      };
    });
    assert.match(order.share, /%$/);
    assert.ok(order.first < order.last, "the per cent sign stands to the right of its number");
    assert.ok(order.nameLeft > order.last, "the name comes first, from the right");
  });
});

test("in the reader's own colours the chosen class differs from the others", async () => {
  await withPage(
    async (page) => {
      await openPost(page, view('controls compare="285"'));
      const [chosen, other] = await page.$eval("candling-view", ({ shadowRoot }) =>
        ["[part~=chosen]", "[part=class]"].map(
          (part) => getComputedStyle(shadowRoot.querySelector(part)).backgroundColor,
        ),
      );
      assert.notEqual(chosen, other);
    },
    { forcedColors: "active" },
  );
});

test("nothing is done in any frame while nothing moves", async () => {
  await withPage(async (page) => {
    await page.addInitScript(() => {
      window.asked = 0;
      const ask = window.requestAnimationFrame;
      window.requestAnimationFrame = (callback) => (window.asked++, ask.call(window, callback));
      /** Lets so many frames pass, and gives how many were asked for in them by others. */
      window.askedIn = async (frames) => {
        const before = window.asked;
        for (let frame = 0; frame < frames; frame++)
          await new Promise((resolve) => ask.call(window, resolve));
        return window.asked - before;
      };
    });
    await openPost(page, view());
    const asked = await page.evaluate(async () => {
      // what came with the map is looked at for a while
      while ((await window.askedIn(30)) > 0);
      return window.askedIn(60);
    });
    assert.equal(asked, 0);
  });
});
