/**
 * The article: it reads without scripts, asks for nothing before its figures are reached, and what it says is
 * what the network says.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./support/axe.mjs";
import { slide } from "./support/lab.mjs";
import { frames, stage } from "./support/stage.mjs";

const ADDRESS = "/how.html";
const [DOG, MAU, PANDA] = [235, 285, 388];

/**
 * Numbers are printed with two digits, made by the native command, whose JPEG decoder is not the browser's:
 * half a unit of the last digit, and as much again for the decoders.
 */
const PRINTED = 0.01;

/**
 * Least number of rules that apply to the page and pass, and of contrasts among them; a page with nothing on
 * it would pass as well.
 */
const LEAST_PASSES = 30;
const LEAST_CONTRASTS = 100;

/** Whether a request is for the engine or its weights. */
const isHeavy = (url) => /\.safetensors|\.wasm|worker/.test(url);

const { withPage } = stage();

/** Goes to a figure and waits until its view shows what is asked; returns that map. */
async function map(page, figure, asked = {}) {
  await page.$eval(`#${figure}`, (element) =>
    element.scrollIntoView({ behavior: "instant", block: "center" }),
  );
  const handle = await page.waitForFunction(
    ({ figure, asked }) => {
      const { state, explanation } = document.querySelector(`#${figure} candling-view`);
      if (state !== "ready") return undefined;
      const { target, layer, method, height, max, data } = explanation;
      const shown = {
        target: target.class,
        layer,
        method,
        height,
        max,
        data: data.length > 49 ? undefined : [...data],
      };
      return Object.entries(asked).every(([key, value]) => shown[key] === value) ? shown : undefined;
    },
    { figure, asked },
  );
  return handle.jsonValue();
}

const reading = (page, figure) => page.textContent(`#${figure} .reading`);

/**
 * Pearson's correlation of the figure's maps for two classes; computed in the page, since a picture has
 * 150,000 numbers.
 */
function likeness(page, figure, asked, classes) {
  return page.$eval(
    `#${figure} candling-view`,
    async (view, { asked, classes }) => {
      const maps = [];
      for (const target of classes) {
        Object.assign(view, asked, { target });
        maps.push((await view.explain()).data);
      }
      const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const [a, b] = maps.map((map) => {
        const middle = mean(map);
        return map.map((value) => value - middle);
      });
      const product = (x, y) => x.reduce((sum, value, at) => sum + value * y[at], 0);
      return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    },
    { asked, classes },
  );
}

test("nothing heavy is asked for before the reader comes to the first live figure, and the policy is the lab's", async () => {
  await withPage(
    async (page, requests) => {
      await page.goto("/");
      const policy = () => page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
      const labs = await policy();
      await page.goto("about:blank");
      requests.length = 0;
      await page.goto(ADDRESS, { waitUntil: "networkidle" });
      assert.equal(await policy(), labs);
      assert.ok(requests.some((url) => url.endsWith("/lib/how.js")));
      assert.deepEqual(requests.filter(isHeavy), []);
      const { max } = await map(page, "figure-failure", { target: 560 });
      assert.ok(max > 0);
      assert.equal(
        requests.filter((url) => url.endsWith(".safetensors")).length,
        1,
        "one download for all figures",
      );
    },
    { viewport: { width: 1280, height: 860 } },
  );
});

test("without JavaScript: all photos, all captions, and nothing that does not answer", async () => {
  await withPage(
    async (page, requests) => {
      await page.goto(ADDRESS);
      for (const image of await page.locator("main img:not(.live img)").all()) {
        await image.scrollIntoViewIfNeeded();
        await image.evaluate((image) => image.decode());
        assert.ok((await image.boundingBox()).width > 100, "a photo is seen");
      }
      assert.equal(
        await page.locator("figure > figcaption:first-child, figure > figcaption:last-child").count(),
        await page.locator("figure").count(),
      );
      for (const control of await page.locator("main input").all())
        assert.equal(await control.isVisible(), false);
      assert.ok(await page.locator(".opening .noscript").isVisible());
      assert.ok((await page.locator("main").innerText()).split(/\s+/).length > 2000, "the text is there");
      assert.deepEqual(requests.filter(isHeavy), []);
    },
    { javaScriptEnabled: false },
  );
});

test("the class is dragged by keyboard and by name, rules and classes are chosen, and the maps follow", async () => {
  await withPage(async (page) => {
    await page.goto(ADDRESS);
    const guitar = await map(page, "figure-classes", { target: 546 });
    await page.focus("#classes");
    await page.keyboard.press("ArrowRight");
    const scene = await map(page, "figure-classes", { target: 819 });
    assert.notDeepEqual(scene.data, guitar.data);
    assert.equal(await page.getAttribute("#classes", "aria-valuetext"), "stage");
    await page.click('#figure-classes li[data-value="541"]');
    const drum = await map(page, "figure-classes", { target: 541 });
    assert.ok(drum.max < 0.6 * guitar.max, "about half as strong, says the caption");
    assert.match(await reading(page, "figure-classes"), /^drum, 10\u00a0%: maximum 0\.\d+ · head, 7×7$/);
    assert.equal(await page.getAttribute("#figure-classes .reading", "role"), "status");

    await map(page, "figure-product", { target: DOG });
    await page.check('#figure-product [value="285"]', { force: true });
    await map(page, "figure-product", { target: MAU });
    await page.waitForFunction(
      (mau) =>
        [...document.querySelectorAll("#figure-product candling-view")].every(
          ({ explanation }) => explanation?.target.class === mau,
        ),
      MAU,
    );
  });
});

test("the layer is dragged: the earlier, the finer and the fainter; the divider parts two classes", async () => {
  await withPage(async (page) => {
    await page.goto(ADDRESS);
    const layers = await page.$$eval("#figure-layers li", (names) =>
      names.map(({ dataset }) => dataset.value),
    );
    let last = await map(page, "figure-layers", { layer: "head" });
    assert.equal(last.height, 7);
    for (const [step, layer] of [...layers.entries()].reverse().slice(1)) {
      await slide(page, "#layers", step);
      const shown = await map(page, "figure-layers", { layer, target: DOG });
      assert.ok(
        shown.height >= last.height && shown.max < last.max,
        `${layer}: ${shown.height} cells, maximum ${shown.max}`,
      );
      last = shown;
    }
    assert.equal(last.height, 112);
    await map(page, "figure-divider", { target: DOG });
    assert.match(
      await reading(page, "figure-divider"),
      /German Shepherd Dog, 13\u00a0%: maximum 0\.62.*; Egyptian Mau, 6\.7\u00a0%: maximum 0\.42/,
    );
  });
});

test("the numbers in the text are the network's", async () => {
  await withPage(async (page) => {
    await page.goto(ADDRESS);
    const { data } = await map(page, "figure-divider", { target: DOG });
    const printed = await page.$$eval("#map-numbers td", (cells) =>
      cells.map(({ textContent }) => Number(textContent)),
    );
    assert.equal(printed.length, data.length);
    for (const [cell, value] of data.entries())
      assert.ok(Math.abs(printed[cell] - value) <= PRINTED, `cell ${cell}: ${printed[cell]}, ${value}`);

    await map(page, "figure-pixels");
    for (const [row, method] of ["deconvnet", "guided-backprop", "gradient", "grad-cam"].entries()) {
      const said = Number(
        (await page.textContent(`#likeness tbody tr:nth-child(${row + 1}) td`)).replace("−", "-"),
      );
      const measured = await likeness(page, "figure-pixels", { method }, [DOG, MAU]);
      assert.ok(Math.abs(measured - said) <= PRINTED, `${method}: ${measured}, said ${said}`);
    }

    assert.ok(Math.abs((await map(page, "figure-faint", { target: 967 })).max - 0.77) <= PRINTED);
    await page.check('#figure-faint [value="849"]', { force: true });
    assert.ok(Math.abs((await map(page, "figure-faint", { target: 849 })).max - 0.21) <= PRINTED);
    await page.check('#figure-faint [value="388"]', { force: true });
    assert.equal((await map(page, "figure-faint", { target: PANDA })).max, 0);
    assert.match(await reading(page, "figure-faint"), /giant panda.*no positive evidence/);
  });
});

test("formulas are mathematics to a screen reader, each with words", async () => {
  await withPage(async (page) => {
    await page.goto(ADDRESS);
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const formulas = await page.locator("math").count();
    assert.ok(formulas >= 10);
    assert.equal(nodes.filter(({ role }) => role?.value === "MathMLMath").length, formulas);
    assert.equal(await page.locator('math[display="block"]:not([alttext])').count(), 0);
    await page.waitForFunction(() => document.fonts.check('1rem "Candling Math"'));
  });
});

for (const [width, colorScheme] of [
  [390, "light"],
  [1280, "dark"],
]) {
  test(`axe finds nothing wrong at ${width} px, ${colorScheme}, and nothing moves on the way down`, async (t) => {
    await withPage(
      async (page) => {
        await page.addInitScript(() => {
          window.shifts = [];
          // what moves inside of an element's shadow has no node here, and is the element's business
          const seen = (list) =>
            list.getEntries().flatMap(({ sources }) => sources.flatMap(({ node }) => node?.nodeName ?? []));
          new PerformanceObserver((list) => window.shifts.push(...seen(list))).observe({
            type: "layout-shift",
          });
        });
        await page.goto(ADDRESS);
        for (const narrow of [320, 2560, width]) {
          await page.setViewportSize({ width: narrow, height: 900 });
          // in a frame: a map is laid over its photo anew just before it
          await frames(page);
          assert.ok(
            await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            `no scrolling sideways at ${narrow}`,
          );
        }
        await page.evaluate(() => {
          window.shifts.length = 0;
        });
        for (const figure of await page.$$eval("figure[id]", (figures) => figures.map(({ id }) => id)))
          await map(page, figure);
        assert.deepEqual(
          await page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(window.shifts), 100))),
          [],
          "what moved",
        );
        const passes = await judge(page, t);
        const contrasts = passes.find(({ id }) => id === "color-contrast")?.nodes.length ?? 0;
        assert.ok(
          passes.length >= LEAST_PASSES && contrasts >= LEAST_CONTRASTS,
          `${passes.length} rules, ${contrasts} contrasts`,
        );
      },
      { viewport: { width, height: 900 }, colorScheme },
    );
  });
}
