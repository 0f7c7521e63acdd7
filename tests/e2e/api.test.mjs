/**
 * The API page: all of the manifest is on it, its views work, everybody can read it, and its advice on room
 * is right.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { judge } from "./support/axe.mjs";
import { MODULE, openPost, view } from "./support/post.mjs";
import { frames, stage } from "./support/stage.mjs";
import { steady } from "../../web/scripts/api/programs.mjs";

const ADDRESS = "/api.html";
const DOG = 235;
const { modules } = JSON.parse(
  readFileSync(new URL("../../www/lib/custom-elements.json", import.meta.url), "utf8"),
);
const element = modules
  .flatMap(({ declarations }) => declarations)
  .find(({ tagName }) => tagName === "candling-view");

const { withPage } = stage();

test("there is a row for each thing, without scripts too, and no address is taken twice", async () => {
  await withPage(
    async (page) => {
      await page.goto(ADDRESS);
      const shown = (id) =>
        page.$$eval(`#${id} :is(dt, label) code:first-child`, (codes) =>
          codes.map(({ textContent }) => textContent),
        );
      for (const [id, list] of [
        ["attributes", "attributes"],
        ["events", "events"],
        ["custom-properties", "cssProperties"],
        ["states", "cssStates"],
      ]) {
        assert.deepEqual(
          await shown(id),
          element[list].map(({ name }) => name),
          id,
        );
      }
      const parts = await page.$$eval(".parts li", (items) => items.map(({ id }) => id.replace("part-", "")));
      assert.deepEqual(
        parts,
        element.cssParts.map(({ name }) => name),
      );
      const methods = element.members.filter(({ kind }) => kind === "method");
      for (const { name } of methods) assert.equal(await page.locator(`#method-${name}`).count(), 1, name);
      for (const code of ["tainted-image", "unknown-layer", "bad-model"])
        assert.ok((await page.textContent(`#code-${code} p`)).length > 5, code);
      for (const name of ["src", "credit", "model"])
        assert.equal(await page.locator(`#parameter-${name}`).count(), 1, name);
      const ids = await page.$$eval("[id]", (all) => all.map(({ id }) => id));
      assert.equal(new Set(ids).size, ids.length);
      assert.equal(await page.locator("dd p:empty").count(), 0, "everything is described");
    },
    { javaScriptEnabled: false },
  );
});

test("its views are live, and a part that is chosen is outlined", async () => {
  await withPage(async (page, requests) => {
    await page.goto(ADDRESS);
    await page.$eval("#start candling-view", (view) => view.scrollIntoView({ behavior: "instant" }));
    await page.waitForFunction(
      (dog) => document.querySelector("#start candling-view").explanation?.target.class === dog,
      DOG,
    );
    await page.$eval(".anatomy", (anatomy) => anatomy.scrollIntoView({ behavior: "instant" }));
    await page.waitForFunction(() => document.querySelector(".anatomy candling-view").state === "ready");
    assert.equal(requests.filter((url) => url.endsWith(".safetensors")).length, 1);
    for (const part of await page.$$eval(".parts input", (inputs) => inputs.map(({ value }) => value))) {
      await page.check(`.parts [value="${part}"]`);
      const outlined = await page.$eval(".anatomy candling-view", ({ shadowRoot }) =>
        [...shadowRoot.querySelectorAll("[part]")]
          .filter((piece) => getComputedStyle(piece).outlineStyle === "dashed")
          .map((piece) => piece.getAttribute("part").split(" ")),
      );
      assert.ok(
        outlined.length > 0 && outlined.every((parts) => parts.includes(part)),
        `${part}: ${outlined}`,
      );
    }
  });
});

for (const [width, colorScheme] of [
  [390, "light"],
  [1280, "dark"],
]) {
  test(`axe finds nothing wrong at ${width} px, ${colorScheme}, and nothing is scrolled sideways`, async (t) => {
    await withPage(
      async (page) => {
        await page.goto(ADDRESS);
        for (const narrow of [320, 2560, width]) {
          await page.setViewportSize({ width: narrow, height: 900 });
          // in a frame: a map is laid over its photo anew just before it
          await frames(page);
          assert.ok(
            await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            `at ${narrow}`,
          );
        }
        await page.$$eval("details", (all) => {
          for (const each of all) each.open = true;
        });
        const passes = await judge(page, t);
        assert.ok(passes.find(({ id }) => id === "color-contrast").nodes.length > 100);
      },
      { viewport: { width, height: 900 }, colorScheme },
    );
  });
}

for (const width of [420, 1000]) {
  test(`a post that takes the page's advice does not move at ${width} px`, async () => {
    await withPage(
      async (page) => {
        await page.addInitScript(() => {
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) window.shift += value;
          }).observe({ type: "layout-shift", buffered: true });
        });
        // late, as on a slow line: the post is seen before its element is defined
        await page.route("**/lib/candling-view.js", async (route) => {
          await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
          await route.continue();
        });
        await page.route("**/steady.css", (route) =>
          route.fulfill({ contentType: "text/css", body: steady }),
        );
        const allow =
          "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self'";
        const body = `${view(`target="${DOG}" controls`)}<p>Words after it, which must stay where they are.</p>`;
        await openPost(page, body, { script: `<link rel="stylesheet" href="/steady.css">${MODULE}`, allow });
        assert.equal(
          await page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(window.shift), 200))),
          0,
        );
      },
      { viewport: { width, height: 1000 } },
    );
  });
}
