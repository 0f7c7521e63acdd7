/** The page on paper, in the visitor's own colours, and from right to left. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lookAt, shown } from "./support/lab.mjs";
import { openLab, PNG, stage } from "./support/stage.mjs";

const { withPage } = stage();

/** The width of an A4 page without margins, in pixels of CSS. */
const PAPER = 794;

const visible = (page, selector) => page.$eval(selector, (element) => element.checkVisibility());

test("on paper: dark words on white, and no experiment that shows another photo", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      await lookAt(page, "versus");
      await lookAt(page, "layers");
      await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(
        [await visible(page, "#versus"), await visible(page, "#layers"), await visible(page, "#sanity")],
        [true, true, false],
      );
      assert.equal(await visible(page, ".masthead"), false);
      assert.equal(await visible(page, "#choose"), false);
      const light = await page.$$eval("main :is(h1, h2, p, button, span, bdi, li, dt, figcaption)", (all) =>
        all
          .filter(
            (element) =>
              element.checkVisibility() && element.textContent.trim() !== "" && !element.closest(".divided"),
          )
          .filter(
            (element) =>
              Math.max(...getComputedStyle(element).color.match(/\d+/g).slice(0, 3).map(Number)) > 150,
          )
          .map(({ outerHTML }) => outerHTML.slice(0, 80)),
      );
      assert.deepEqual(light, [], "words that a white page would hide");
      const { data } = PNG.sync.read(await page.screenshot({ clip: { x: 0, y: 0, width: 20, height: 20 } }));
      assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255]);

      await page.emulateMedia({ media: "screen" });
      await page.click('#samples [data-file="panda.jpg"]');
      await shown(page, "Giant panda");
      await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
      // so low that no experiment comes into sight
      await page.setViewportSize({ width: PAPER, height: 300 });
      await page.emulateMedia({ media: "print" });
      assert.equal(await visible(page, "#layers"), false, "it would print the photo before");
      const benches = await page.$$eval(".bench:not(#take-away)", (all) =>
        all.map((bench) => [bench.id, bench.checkVisibility(), "shown" in bench.dataset]),
      );
      assert.ok(
        benches.every(([, seen, shown]) => seen === shown),
        `as wide as paper, too: ${benches.join("; ")}`,
      );
      assert.equal(await visible(page, "#proof"), false);
      assert.ok((await page.pdf()).length > 10_000);
    },
    { colorScheme: "dark", viewport: { width: 1280, height: 700 } },
  );
});

test("on paper: no axes without curves, and nothing that asks for a hand", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      await lookAt(page, "proof");
      const axes = () =>
        page.$$eval("#deletion, #insertion", (plots) => plots.map((plot) => plot.checkVisibility()));
      assert.deepEqual(await axes(), [true, true]);
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(await axes(), [false, false]);
      assert.doesNotMatch(
        await page.innerText("main"),
        /A click in the picture|Deletes the photo piece by piece|Identities that hold exactly/,
      );
      assert.match(await page.innerText("#why"), /No answer is sure/);
      await page.emulateMedia({ media: "screen" });
      await page.click("#curves");
      await page.waitForSelector("#deletion-text[data-area]");
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(await axes(), [true, true]);
    },
    { viewport: { width: PAPER, height: 700 } },
  );
});

for (const path of ["bias.html", "own.html", "how.html"]) {
  test(`${path} on paper: dark words on white`, async () => {
    await withPage(
      async (page) => {
        await page.goto(`/${path}`);
        await page.emulateMedia({ media: "print" });
        const light = await page.$$eval("main :is(h1, h2, h3, p, button, label, span, li)", (all) =>
          all
            .filter(
              (element) =>
                element.checkVisibility() &&
                element.textContent.trim() !== "" &&
                !element.closest(".divided, candling-view"),
            )
            .filter(
              (element) =>
                Math.max(...getComputedStyle(element).color.match(/\d+/g).slice(0, 3).map(Number)) > 150,
            )
            .map(({ outerHTML }) => outerHTML.slice(0, 80)),
        );
        assert.deepEqual(light, []);
      },
      { colorScheme: "dark" },
    );
  });
}

test("the lesson on paper: what belongs to steps that were not taken is left out, and that is said", async () => {
  await withPage(async (page) => {
    await page.goto("/bias.html");
    await page.click("#teach-go:not([disabled])");
    await page.waitForFunction(() => document.querySelector("#teach").dataset.state === "done");
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: PAPER, height: 1000 });
    const seen = (selector) =>
      page.$$eval(selector, (all) => all.map((element) => element.checkVisibility()));
    assert.deepEqual(await seen("#teach :is(.plot, .meter, .tests)"), [true, true, true]);
    assert.deepEqual(
      new Set(await seen(".step:not(#teach) :is(.plot, .meter, .results, .bench-figure)")),
      new Set([false]),
    );
    assert.deepEqual(new Set(await seen(".step .primary")), new Set([false]), "nothing to press");
    assert.match(
      await page.$eval("#lesson", (lesson) => getComputedStyle(lesson, "::after").content),
      /steps that were not taken/,
    );
    const boxes = await page.$$eval(
      "#teach :is(h2, h3, .meter, .plot, .sheet, header > p:not(.count))",
      (all) => all.map((element) => element.getBoundingClientRect().toJSON()),
    );
    for (const [at, { top, bottom }] of boxes.entries()) {
      const over = boxes.filter((box, other) => other !== at && box.top < bottom - 1 && box.bottom > top + 1);
      assert.deepEqual(over, [], "nothing lies over anything");
    }
  });
});

test("in the visitor's own colours: the chosen class, the divider and the bars are seen", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      const style = (selector, name, pseudo) =>
        page.$eval(selector, (element, [name, pseudo]) => getComputedStyle(element, pseudo)[name], [
          name,
          pseudo,
        ]);
      const canvas = await page.evaluate(() => {
        document.body.insertAdjacentHTML("beforeend", "<i id=probe>x</i>");
        document.querySelector("#probe").style.setProperty("background-color", "Canvas");
        return getComputedStyle(document.querySelector("#probe")).backgroundColor;
      });
      assert.notEqual(
        await style('#predictions [aria-pressed="true"]', "outlineStyle"),
        await style('#predictions [aria-pressed="false"]', "outlineStyle"),
      );
      const [chosen, other] = [
        await style('#samples [aria-pressed="true"]', "borderTopColor"),
        await style('#samples [aria-pressed="false"]', "borderTopColor"),
      ];
      assert.deepEqual(
        [other === canvas, chosen === canvas],
        [true, false],
        "of our photos the chosen one alone has a border",
      );
      assert.equal(
        await style('.enlarge[aria-pressed="true"]', "outlineOffset"),
        "2px",
        "no line through its words",
      );
      await lookAt(page, "layers");
      const [shown, text] = [
        await style("#layer-thumbs .shown", "outlineColor"),
        await style("body", "color"),
      ];
      assert.notEqual(shown, text);
      await lookAt(page, "versus");
      assert.notEqual(await style("#divided", "backgroundColor", "::after"), canvas);
      await lookAt(page, "proof");
      assert.notEqual(await style("#proof-bars i", "backgroundColor", "::before"), canvas);
      assert.notEqual(
        await style('[name="fill"]:checked + span', "backgroundColor"),
        await style('[name="fill"]:not(:checked) + span', "backgroundColor"),
      );
    },
    { forcedColors: "active" },
  );
});

test("from right to left: names and numbers keep their order", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    const { isolated, share, name } = await page.$eval("#predictions button", (button) => {
      const [name, share] = button.children;
      return {
        isolated: getComputedStyle(name).unicodeBidi,
        share: getComputedStyle(share).direction,
        name: name.localName,
      };
    });
    assert.deepEqual([name, isolated, share], ["bdi", "isolate", "ltr"]);
    await lookAt(page, "versus");
    assert.equal(
      await page.$eval("#divider", (slider) => getComputedStyle(slider).direction),
      "ltr",
      "left is left, as in the photo",
    );
  });
});
