/** Exports: a page in one file, and a figure. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { scratch } from "./support/native.mjs";
import { PNG, stage } from "./support/stage.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Upper limit of a page's size in bytes. */
const PAGE_BYTES = 400_000;

/**
 * Least mean difference in brightness, of 255 levels, between the animal that a map is about and the other
 * one. Measured: 31 and 50; the photo itself is brighter on the cat's side.
 */
const BRIGHTER = 15;

const { withClient } = stage();
const [DOG, CAT] = [235, 285];
/** Boxes of the animals in the sample, as shares of its width: `www/samples/samples.json`. */
const SIDES = { [DOG]: [0, 0.45], [CAT]: [0.47, 1] };

/** Files have no origin, nor have `data:` addresses. */
const fromDisk = { otherOrigins: ["null"] };

/** A text with every way to inject a script or a request. */
const hostile = `</title></style><script>window.ran = 1</script><img src="http://elsewhere.test/x" onerror="window.ran = 1">"' onload='x' <!-- &lt;`;

/**
 * The Blob that `work`, the body of an async function, returns in the page, which has `exporter`, `candling`,
 * and `sample`.
 */
async function made(page, work) {
  const { type, base64 } = await page.evaluate(`(async () => {
    const exporter = await import("/lib/candling-export.js");
    const sample = async (file, options) => candling.run(await (await fetch("/samples/" + file)).blob(), options);
    const blob = await (async () => { ${work} })();
    const reader = new FileReader();
    await new Promise((resolve) => { reader.onload = resolve; reader.readAsDataURL(blob); });
    return { type: blob.type, base64: reader.result.split(",")[1] };
  })()`);
  return { type, bytes: Buffer.from(base64, "base64") };
}

/** Three maps of two animals. */
const maps = `
  const run = await sample("dog_cat.jpg");
  const maps = [
    await run.explain({ method: "grad-cam", target: ${DOG} }),
    await run.explain({ method: "grad-cam", target: ${CAT} }),
    await run.explain({ method: "guided-grad-cam", target: ${CAT} }),
  ];`;

/** Opens a file from disk; what it asks for is itself, and pictures that it holds. */
async function open(page, requests, { type, bytes }) {
  assert.equal(type, "text/html;charset=utf-8");
  assert.ok(bytes.length < PAGE_BYTES, `${bytes.length} bytes`);
  const address = pathToFileURL(scratch("exported.html", bytes)).href;
  const before = requests.length;
  await page.goto(address);
  const asked = requests.slice(before).filter((url) => !url.startsWith("data:"));
  assert.deepEqual(asked, [address]);
}

const visibleMaps = (page) =>
  page.$$eval(".picture .map", (all) => all.filter((map) => map.checkVisibility()).map(({ alt }) => alt));

/** Mean brightness of two parts of the picture, each a share of its width. */
async function brightness(page, sides) {
  const { data, width, height } = PNG.sync.read(await page.locator(".picture").screenshot());
  return sides.map(([from, to]) => {
    let sum = 0;
    let count = 0;
    for (let y = 0; y < height; y++) {
      for (let x = Math.round(from * width); x < Math.round(to * width); x++) {
        const at = 4 * (y * width + x);
        sum += data[at] + data[at + 1] + data[at + 2];
        count += 3;
      }
    }
    return sum / count;
  });
}

test("a page from disk shows each map when it is chosen, without a script and without a request", async () => {
  await withClient(async (page, requests) => {
    const file = await made(
      page,
      `${maps} return exporter.exportPage({ candling, maps, credit: "Toyah, Public domain.", alt: "A dog and a cat" });`,
    );
    assert.equal(/<script|javascript:|https?:|\son\w+=/i.exec(file.bytes.toString()), null);
    await open(page, requests, file);
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
    assert.equal(policy, "default-src 'none'; img-src data:; style-src 'unsafe-inline'");

    assert.equal(await page.textContent("h1"), "What made the network say “German Shepherd Dog”?");
    assert.equal(await page.title(), await page.textContent("h1"));
    assert.equal(await page.getAttribute(".photo", "alt"), "A dog and a cat");
    assert.match(
      await page.textContent(".about"),
      /EfficientNet-Lite0, Apache-2\.0.*head.*Toyah, Public domain\. Made with Candling \d+\.\d+\.\d+/s,
    );
    assert.match(await page.textContent("tbody tr"), /German Shepherd Dog \(235\)12\.\d\d %5\.\d+/);

    assert.deepEqual((await visibleMaps(page)).length, 1);
    assert.match((await visibleMaps(page))[0], /^Grad-CAM for German Shepherd Dog: strongest on the left/);
    let [dog, cat] = await brightness(page, [SIDES[DOG], SIDES[CAT]]);
    assert.ok(dog > cat + BRIGHTER, `the dog ${dog}, the cat ${cat}`);

    await page.check("#map-1");
    assert.match(
      (await visibleMaps(page)).join(),
      /^Grad-CAM for Egyptian Mau: strongest (in the middle|on the right)[^,]*; maximum [^,]*, 7×7\.$/,
    );
    [dog, cat] = await brightness(page, [SIDES[DOG], SIDES[CAT]]);
    assert.ok(cat > dog + BRIGHTER, `the dog ${dog}, the cat ${cat}`);
    assert.match(await page.innerText("figcaption"), /the place, not the outline/);

    // and by the keyboard, to the pixel map and to none
    await page.keyboard.press("ArrowDown");
    assert.match((await visibleMaps(page)).join(), /^Guided Grad-CAM for Egyptian Mau/);
    assert.match(await page.innerText("figcaption"), /Edges, not evidence/);
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await visibleMaps(page), []);

    const ground = () => page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.equal(await ground(), "rgb(14, 11, 8)");
    await page.emulateMedia({ colorScheme: "light" });
    assert.equal(await ground(), "rgb(248, 242, 231)");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(
      await page.$eval("h1", (title) => getComputedStyle(title).color),
      "rgb(39, 28, 17)",
      "dark ink on paper, by night too",
    );
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ media: "screen" });
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "as narrow as a phone",
    );
  }, fromDisk);
});

test("texts are texts: nothing in a title, a credit, a description or a label becomes markup", async () => {
  await withClient(async (page, requests) => {
    const file = await made(
      page,
      `${maps}
       const hostile = ${JSON.stringify(hostile).replaceAll("<", "\\u003c")};
       candling.labels[${DOG}] = hostile;
       run.predictions[0].label = hostile;
       return exporter.exportPage({ candling, maps, title: hostile, credit: hostile, alt: hostile });`,
    );
    await open(page, requests, file);
    assert.equal(await page.textContent("h1"), hostile);
    assert.equal(await page.title(), hostile.replace(/\s+/g, " "));
    assert.equal(await page.getAttribute(".photo", "alt"), hostile);
    assert.ok((await page.textContent("fieldset label")).startsWith(hostile));
    assert.ok((await page.textContent(".about")).includes(`Photo: ${hostile}`));
    assert.equal(await page.locator("script, [onerror], [onload]").count(), 0);
    assert.equal(await page.evaluate(() => window.ran), undefined);
  }, fromDisk);
});

test("a map lies on the part of the photo that the network saw", async () => {
  await withClient(async (page, requests) => {
    const file = await made(
      page,
      `const run = await sample("wine_drum.jpg", { fit: "crop" });
       window.seen = [run.view.x / run.width, run.view.y / run.height, run.view.width / run.width, run.view.height / run.height];
       return exporter.exportPage({ candling, maps: [await run.explain({ method: "grad-cam" })] });`,
    );
    const seen = await page.evaluate(() => window.seen);
    await open(page, requests, file);
    const photo = await page.locator(".photo").boundingBox();
    const map = await page.locator(".map").first().boundingBox();
    const place = [
      (map.x - photo.x) / photo.width,
      (map.y - photo.y) / photo.height,
      map.width / photo.width,
      map.height / photo.height,
    ];
    // to the pixel, of some five hundred
    for (const [at, share] of place.entries())
      assert.ok(Math.abs(share - seen[at]) < 0.003, `${place} for ${seen}`);
    assert.ok(seen[3] < 0.7, "a part of it only");
  }, fromDisk);
});

test(`the most that a page can be asked to hold is less than ${PAGE_BYTES / 1000} kB`, async () => {
  await withClient(async (page, requests) => {
    const file = await made(
      page,
      `const noise = new ImageData(3000, 2000);
       for (let i = 0; i < noise.data.length; i += 65536) crypto.getRandomValues(noise.data.subarray(i, i + 65536));
       const run = await candling.run(noise);
       const maps = [];
       for (let target = 0; target < 24; target++) maps.push(await run.explain({ method: target % 2 ? "gradient" : "layer-cam", target }));
       return exporter.exportPage({ candling, maps, title: "t".repeat(2000), credit: "c".repeat(2000), alt: "&".repeat(2000), colormap: "turbo" });`,
    );
    await open(page, requests, file);
    assert.equal(await page.locator(".map").count(), 24);
    const { width, height } = await page.$eval(".photo", ({ naturalWidth, naturalHeight }) => ({
      width: naturalWidth,
      height: naturalHeight,
    }));
    assert.ok(Math.max(width, height) >= 320 && Math.max(width, height) <= 1000, `${width}×${height}`);
  }, fromDisk);
});

test("a browser that writes no WebP makes pages as small, of PNG", async () => {
  await withClient(async (page, requests) => {
    const file = await made(
      page,
      `const convert = OffscreenCanvas.prototype.convertToBlob;
       OffscreenCanvas.prototype.convertToBlob = function (options) {
         return convert.call(this, options.type === "image/webp" ? { type: "image/png" } : options);
       };
       const run = await sample("guitar_drums.jpg");
       const maps = [];
       for (const { index } of run.predictions.slice(0, 24)) maps.push(await run.explain({ method: "grad-cam", target: index }));
       return exporter.exportPage({ candling, maps });`,
    );
    await open(page, requests, file);
    const kinds = await page.$$eval(".map", (all) =>
      all.map(({ src, naturalWidth }) => [src.slice(0, 15), naturalWidth >= 64]),
    );
    assert.deepEqual(kinds, Array(24).fill(["data:image/png;", true]));
  }, fromDisk);
});

test("axe-core finds nothing wrong with a page, by day and by night, narrow and wide", async () => {
  await withClient(async (page, requests) => {
    await open(
      page,
      requests,
      await made(
        page,
        `${maps} return exporter.exportPage({ candling, maps, credit: "Toyah", alt: "A dog and a cat" });`,
      ),
    );
    await page.evaluate(axeSource);
    for (const colorScheme of ["dark", "light"]) {
      for (const width of [390, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        const { violations, passes } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`),
          [],
        );
        assert.ok(
          passes.some(({ id, nodes }) => id === "color-contrast" && nodes.length > 10),
          "contrast was judged",
        );
      }
    }
  }, fromDisk);
});

test("a figure of one map, and of several beside each other", async () => {
  await withClient(async (page) => {
    const one = await made(
      page,
      `${maps} return exporter.exportFigure({ candling, maps: maps.slice(0, 1), title: "${"A long title ".repeat(12)}" });`,
    );
    assert.equal(one.type, "image/png");
    const single = PNG.sync.read(one.bytes);
    assert.equal(single.width, 704);
    // how many lines a title takes is the font's: it takes more than a short one, and fits
    const short = PNG.sync.read(
      (
        await made(
          page,
          `${maps} return exporter.exportFigure({ candling, maps: maps.slice(0, 1), title: "A" });`,
        )
      ).bytes,
    );
    assert.ok(
      short.height > 704 && single.height > short.height && single.height < 1300,
      `${short.height}, ${single.height}`,
    );
    const { width, height } = PNG.sync.read(
      (await made(page, `${maps} return exporter.exportFigure({ candling, maps, colormap: "viridis" });`))
        .bytes,
    );
    assert.equal(width, 1376);
    assert.ok(height > 1000 && height < 1600, `${height}`);
    // the panel is the photo under the map: its corner is not the figure's ground
    const at = 4 * (single.width * (single.height - 600) + 200);
    assert.notDeepEqual([...single.data.subarray(at, at + 3)], [14, 11, 8]);
  });
});

test("what cannot be exported is told by argument, code and what is allowed", async () => {
  await withClient(async (page) => {
    const failures = await page.evaluate(async () => {
      const { exportFigure, exportPage } = await import("/lib/candling-export.js");
      const load = async (file) => window.candling.run(await (await fetch(`/samples/${file}`)).blob());
      const run = await load("cat.jpg");
      const map = await run.explain({ method: "grad-cam" });
      const other = await (await load("dog.jpg")).explain({ method: "grad-cam" });
      const size = window.candling.info.inputWidth;
      const tensor = await window.candling.runTensor(new Float32Array(3 * size * size), [1, 3, size, size]);
      const ofTensor = await tensor.explain({ method: "grad-cam" });
      const given = { candling: window.candling, maps: [map] };
      const bad = [
        undefined,
        { maps: [map] },
        { ...given, maps: [] },
        { ...given, maps: [{}] },
        { ...given, maps: Array(25).fill(map) },
        { ...given, maps: [map, other] },
        { ...given, maps: [ofTensor] },
        { ...given, title: 7 },
        { ...given, credit: "c".repeat(2001) },
        { ...given, colormap: "rainbow" },
        { ...given, opacity: 1.5 },
        { ...given, signal: 1 },
        { ...given, signal: AbortSignal.abort() },
      ];
      const failures = [];
      for (const options of bad) failures.push(await window.failure(() => exportPage(options)));
      failures.push(await window.failure(() => exportFigure({ ...given, signal: AbortSignal.abort() })));
      run.free();
      failures.push(await window.failure(() => exportFigure(given)));
      return failures.map(({ code, message }) => `${code}: ${message}`);
    });
    assert.deepEqual(failures, [
      "bad-argument: exportPage: the argument is an object of options; given undefined",
      "bad-argument: exportPage: candling is a Candling that is loaded; given undefined",
      "bad-argument: exportPage: maps is an array of 1 to 24 Explanations; given an array of 0",
      "bad-argument: exportPage: maps is an array of 1 to 24 Explanations; given an array of 1",
      "bad-argument: exportPage: maps is an array of 1 to 24 Explanations; given an array of 25",
      "bad-argument: exportPage: maps is an array of Explanations of one Run; given those of several",
      "bad-argument: exportPage: maps is an array of Explanations of a photo; given those of a tensor",
      "bad-argument: exportPage: title is a string of at most 2000 characters; given 7",
      `bad-argument: exportPage: credit is a string of at most 2000 characters; given "${"c".repeat(40)}…"`,
      'bad-argument: exportPage: colormap is one of turbo, inferno, viridis, jet, candle; given "rainbow"',
      "bad-argument: exportPage: opacity is a number from 0 to 1; given 1.5",
      "bad-argument: exportPage: signal is an AbortSignal; given 1",
      "aborted: the call was aborted",
      "aborted: exportFigure was aborted",
      "run-freed: exportFigure: the run of the maps was freed, and its photo with it",
    ]);
  });
});
