/** `<candling-view>` in print: the contents of the screen in their places, checked in a PDF. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { picturesIn } from "./support/pdf.mjs";
import { openPost, painted, policy, view } from "./support/post.mjs";
import { stage } from "./support/stage.mjs";

const { withPage } = stage();

/**
 * Largest distance in points between corners of a map and those of its photo: browsers round boxes to pixels,
 * of which a point has 4/3.
 */
const BESIDE = 1;

const photo = '<img src="/samples/dog_cat.jpg" alt="The photo" width="800" height="478">';
const eager = (attributes = "") => view(`loading="eager" ${attributes}`);
const within = (inside) => eager().replace(/<img.*?>/, inside);

/** Layouts of a photo by an author. `css`: "&" is the place. */
const places = [
  { name: "a block", html: eager("controls") },
  { name: "two maps and a divider", html: eager('target="235" compare="285"') },
  { name: "a part of the column", css: "& img { width: 60% }", html: eager() },
  {
    name: "in a line",
    css: "& candling-view { display: inline-block; width: 30% }",
    html: `<p>Words ${eager()} and more words.</p>`,
  },
  {
    name: "beside text",
    css: "& candling-view { float: right; width: 40% }",
    html: `${eager()}<p>${"Words beside it. ".repeat(30)}</p>`,
  },
  { name: "a grid", css: "& { display: grid; grid-template-columns: 1fr 1fr 1fr }", html: eager().repeat(3) },
  { name: "in a figure", html: within(`<figure>${photo}<figcaption>A caption</figcaption></figure>`) },
  { name: "in a <picture>", html: within(`<picture>${photo}</picture>`) },
  {
    name: "in boxes with padding",
    css: "& picture { display: block; padding: 5% } & img { width: 100%; height: auto }",
    html: within(`<picture>${photo}</picture>`),
  },
  {
    name: "cut by a figure",
    css: "& figure { overflow: hidden; border-radius: 2em } & img { width: 110%; height: auto }",
    html: within(`<figure>${photo}</figure>`),
  },
  {
    name: "in a box of another shape",
    css: "& img { width: 100%; height: 200px; object-fit: contain }",
    html: eager(),
  },
  { name: "mirrored", css: "& img { width: 70%; height: auto; transform: scaleX(-1) }", html: eager() },
  {
    name: "turned",
    css: "& { padding-top: 4em } & img { width: 50%; height: auto; transform: rotate(5deg) }",
    html: eager(),
  },
];
const post = `<style>
    main { margin: 0 } figure { max-width: 100% } img { max-width: 100%; height: auto }
    candling-view { --candling-reveal: 0ms }
    section { display: flow-root; break-after: page }
    ${places.map(({ css = "" }, at) => css.replaceAll("&", `#place-${at}`)).join("\n")}
  </style>
  ${places.map(({ html }, at) => `<section id="place-${at}">${html}</section>`).join("")}`;

/** Every map of the PDF with the photo that it lies on: the photo is drawn before its map. */
async function maps(page) {
  const pages = picturesIn(await page.pdf({ format: "A4" }));
  return pages.flatMap((pictures) => {
    const isMap = ({ width, height }) => [320, 480].includes(Math.max(width, height));
    const under = (at) => pictures.slice(0, at).findLast((picture) => !isMap(picture))?.matrix;
    return pictures.flatMap((picture, at) =>
      isMap(picture) ? [{ map: picture.matrix, photo: under(at) }] : [],
    );
  });
}

function assertOnPhotos(found) {
  for (const { map, photo } of found) {
    const apart = Math.max(...map.map((value, at) => Math.abs(value - photo[at])));
    assert.ok(apart <= BESIDE, `a map is at ${map}, its photo at ${photo}`);
  }
}

const allowsStyle = { allow: `${policy}; style-src 'unsafe-inline'` };

for (const { width, anchors } of [
  { width: 1280, anchors: true },
  { width: 400, anchors: true },
  { width: 1280, anchors: false },
]) {
  test(`on paper from a window of ${width} pixels${anchors ? "" : ", in a browser without anchors"}: every map lies on its photo`, async () => {
    await withPage(
      async (page) => {
        if (!anchors) await page.addInitScript(() => (CSS.supports = () => false));
        await openPost(page, post, allowsStyle);
        const found = await maps(page);
        assert.equal(found.length, places.length + 3, "one more for the divider, two for the grid");
        assertOnPhotos(found);
        const widths = new Set(found.map(({ photo: [a, b] }) => Math.round(Math.hypot(a, b))));
        assert.ok(widths.size > 4, "photos of many sizes");
      },
      { viewport: { width, height: 800 } },
    );
  });
}

test("the article on paper: every live figure has its map on its photo", async () => {
  await withPage(
    async (page) => {
      await page.goto("/how.html");
      const count = await page.evaluate(async () => {
        const views = [...document.querySelectorAll("candling-view")];
        for (const view of views) await view.explain();
        return views.reduce((sum, { compare }) => sum + (compare === "" ? 1 : 2), 0);
      });
      const found = await maps(page);
      assert.ok(found.length >= count, `${found.length} of ${count} maps`);
      assertOnPhotos(found);
    },
    { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  );
});

test("on paper: the photo, its map, the classes and the sentence on it, without what can only be moved", async () => {
  await withPage(async (page) => {
    await openPost(page, view('compare="285" controls'));
    await page.emulateMedia({ media: "print" });
    assert.ok((await painted(page))[0].seen);
    assert.match(await page.locator("candling-view [part=status]").innerText(), /strongest on the left/);
    for (const part of ["classes", "status", "divider"])
      assert.ok(await page.locator(`candling-view [part=${part}]`).isVisible(), part);
    for (const part of ["method", "opacity"])
      assert.ok(await page.locator(`candling-view [part=${part}]`).isHidden(), part);
    const exact = await page.$eval("candling-view", ({ shadowRoot }) =>
      [...shadowRoot.querySelectorAll("canvas, .tag, .divider")].map(
        (element) => getComputedStyle(element).printColorAdjust,
      ),
    );
    assert.deepEqual(new Set(exact), new Set(["exact"]));
  });
});

test("on paper before it was looked at: a sentence says that there is no map", async () => {
  await withPage(async (page) => {
    const without = () =>
      page.$eval(
        "candling-view",
        ({ shadowRoot }) => getComputedStyle(shadowRoot.querySelector(".stage"), "::after").content,
      );
    await openPost(page, view('reveal="interaction" loading="lazy" controls'), { ready: false });
    await page.waitForFunction(() =>
      document.querySelector("candling-view").shadowRoot?.querySelector(".stage"),
    );
    assert.equal(await without(), "none");
    await page.emulateMedia({ media: "print" });
    assert.match(
      await without(),
      /^"Printed without its map, which is computed when the photo is looked at on a screen\."$/,
    );
    await page.emulateMedia({ media: "screen" });
    await page.click("candling-view [part=reveal]");
    await page.waitForFunction(() => document.querySelector("candling-view").state === "ready");
    await page.emulateMedia({ media: "print" });
    assert.equal(await without(), "none");
  });
});

test("the page for frames on paper: white, and what it says directly under the photo, on which the map lies", async () => {
  await withPage(
    async (page) => {
      for (const photo of ["dog_cat.jpg", "wine_drum.jpg"]) {
        await page.goto(`/embed.html?src=samples/${photo}&credit=Somebody`);
        await page.waitForFunction(() => document.querySelector("candling-view")?.state === "ready");
        assertOnPhotos(await maps(page));
        await page.setViewportSize({ width: 794, height: 1123 });
        await page.emulateMedia({ media: "print" });
        const [image, bar, credit] = await page.evaluate(() => {
          const view = document.querySelector("candling-view");
          return [
            view.querySelector("img"),
            view.shadowRoot.querySelector(".bar"),
            document.querySelector("figcaption"),
          ].map((element) => element.getBoundingClientRect().toJSON());
        });
        assert.ok(
          bar.top >= image.bottom - 1 && bar.top - image.bottom < 20,
          `${photo}: the photo ends at ${image.bottom}, the bar begins at ${bar.top}`,
        );
        assert.ok(credit.top >= bar.bottom - 1 && credit.top - bar.bottom < 20);
        assert.equal(
          await page.$eval("body", (body) => getComputedStyle(body).backgroundColor),
          "rgb(255, 255, 255)",
        );
        await page.emulateMedia({ media: null });
        await page.setViewportSize({ width: 640, height: 520 });
      }
    },
    // the frame's page has no icon
    { expectErrors: /404/, colorScheme: "dark", viewport: { width: 640, height: 520 } },
  );
});
