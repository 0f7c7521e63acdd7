/**
 * One rule for reading pictures, in the page and on the command line: the same files are read, the same are
 * refused, the same is said of them, and the pixels are alike.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { command, scratch } from "./support/native.mjs";
import { emptyPage, idle, message, MODEL, numbers, openLab, stage } from "./support/stage.mjs";

const photos = new URL("../photos/", import.meta.url);
const file = (path) => readFileSync(new URL(path.split("/").map(encodeURIComponent).join("/"), photos));
const { files: odd } = JSON.parse(file("odd/manifest.json"));
const { files: colour } = JSON.parse(file("colour/manifest.json"));

/** Files that Chromium can read and the command cannot: their decoders are C libraries, or read only some. */
const BROWSERS_ONLY = new Set(["odd/photo.avif", "odd/icon.ico"]);

/**
 * Largest difference of the likeliest class's probability. Two decoders of one JPEG differ by some levels at
 * the edges of colours, which affects a network in pictures as small and strange as these, most of all in one
 * of 2x3000 pixels; two of a lossless file differ by a level if a profile or an alpha channel is rounded.
 */
const LOSSY = 0.1;
const LOSSLESS = 0.03;

const { withClient, withPage } = stage();

/** The command's result for a file. */
function onCommandLine(path, bytes) {
  const place = scratch(path.replaceAll("/", "-"), bytes);
  const { status, stdout, stderr } = spawnSync(command, ["predict", place, "--json"], { encoding: "utf8" });
  // browsers do not tell of a profile that they pass over
  const notes = [...stderr.matchAll(/^warning: .*?: (the file is.*)$/gm)].map(([, note]) => note);
  if (status !== 0) return { refused: stderr.trim() };
  const { photo, predictions } = JSON.parse(stdout);
  return { size: [photo.width, photo.height], top: predictions[0], notes };
}

/** The page's result for a file. */
function inPage(page, bytes) {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
    try {
      const run = await window.candling.run(new Blob([bytes]));
      const { width, height, notes } = run;
      const predictions = run.predictions.map(({ index, probability }) => [index, probability]);
      run.free();
      return { size: [width, height], predictions, notes };
    } catch ({ code, message }) {
      return { refused: `${code}: ${message}` };
    }
  }, Buffer.from(bytes).toString("base64"));
}

/** Compares the two, and returns the differences. */
async function compare(page, path, bytes) {
  const [here, there] = [await inPage(page, bytes), onCommandLine(path, bytes)];
  if ((here.refused === undefined) !== (there.refused === undefined))
    return `${path}: page ${here.refused ?? "reads it"}, command ${there.refused ?? "reads it"}`;
  if (here.refused !== undefined) return;
  const { index, probability } = there.top;
  const apart = Math.abs(new Map(here.predictions).get(index) - probability);
  const most = /\.jpe?g|lossy/.test(path) || path === "odd/jpeg_named.png" ? LOSSY : LOSSLESS;
  const same = JSON.stringify([here.size, here.notes]) === JSON.stringify([there.size, there.notes]);
  return apart <= most && same
    ? undefined
    : `${path}: ${apart} apart, page ${JSON.stringify([here.size, here.notes])}, command ${JSON.stringify([there.size, there.notes])}`;
}

async function compareAll(page, pictures) {
  const amiss = [];
  for (const [path, bytes] of pictures) amiss.push(await compare(page, path, bytes));
  assert.deepEqual(
    amiss.filter((words) => words !== undefined),
    [],
  );
}

const cut = (path, share) => file(path).subarray(0, Math.floor(file(path).length * share));

test("the odd files and the coloured ones are the same pictures in the page and on the command line", async () => {
  await withClient(async (page) => {
    const paths = [...odd.map(({ file }) => `odd/${file}`), ...colour.map(({ file }) => `colour/${file}`)];
    assert.ok(paths.length > 100, "there are files to compare");
    await compareAll(
      page,
      paths.filter((path) => !BROWSERS_ONLY.has(path)).map((path) => [path, file(path)]),
    );
  });
});

test("files that are cut short follow one rule", async () => {
  await withClient(async (page) => {
    const kinds = [
      "jpeg_420.jpg",
      "jpeg_progressive.jpg",
      "exif_6.jpg",
      "jpeg_grey.jpg",
      "size_4000x3000.jpg",
      "png_plain.png",
      "png_interlaced.png",
      "gif_transparent.gif",
      "webp_lossless.webp",
      "photo.bmp",
    ];
    const pictures = kinds.flatMap((name) =>
      [0.99, 0.9, 0.8, 0.5].map((share) => [`${share}-${name}`, cut(`odd/${name}`, share)]),
    );
    const ended = ["jpeg_420.jpg", "size_4000x3000.jpg"].map((name) => [
      `ended-${name}`,
      Buffer.concat([cut(`odd/${name}`, 0.6), Buffer.from([0xff, 0xd9])]),
    ]);
    await compareAll(page, [...pictures, ...ended]);
  });
});

test("the decoder is fetched for nothing that the browser reads rightly", async () => {
  await withClient(async (page, requests) => {
    for (const name of [
      "jpeg_420.jpg",
      "jpeg_progressive.jpg",
      "jpeg_icc_swapped.jpg",
      "exif_6.jpg",
      "png_plain.png",
      "anim.gif",
      "webp_lossy.webp",
      "photo.bmp",
      "photo.avif",
    ]) {
      const { refused } = await inPage(page, file(`odd/${name}`));
      assert.equal(refused, undefined, name);
    }
    // a film behind the picture, as phones put it there
    const { notes } = await inPage(page, Buffer.concat([file("odd/jpeg_420.jpg"), Buffer.alloc(100_000, 7)]));
    assert.deepEqual(notes, []);
    assert.deepEqual(
      requests.filter((url) => url.includes("candling_decode")),
      [],
    );
  });
});

test("the lab says how much of a picture is missing, and the command as well", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const buffer = cut("odd/size_4000x3000.jpg", 0.88);
    await page.setInputFiles("#file", { name: "cut.jpg", mimeType: "image/jpeg", buffer });
    await page.waitForSelector("#message:not([hidden])");
    await idle(page);
    assert.match(
      await message(page),
      /^The file is cut short or damaged: \d+ % of the picture is missing, and grey here\.$/,
    );
    assert.match(
      onCommandLine("cut.jpg", buffer).notes.join(),
      /^the file is cut short or damaged: \d+ % of the picture is missing/,
    );
  });
});

/** Makes each new worker read noise from its canvases; with `frames` WebCodecs still work. */
async function withNoise(page, { frames }) {
  await page.route("**/lib/candling-worker.js", async (route) => {
    const response = await route.fetch();
    const noise = `{
      const read = OffscreenCanvasRenderingContext2D.prototype.getImageData;
      OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...area) {
        const picture = read.apply(this, area);
        crypto.getRandomValues(picture.data.subarray(0, 65536));
        return picture;
      };
      ${frames ? "" : "delete self.VideoFrame; delete self.ImageDecoder;"}
    }`;
    await route.fulfill({ response, body: `${noise}\n${await response.text()}` });
  });
}

test("where canvases give noise, files are decoded by the module: dog and cat stay dog and cat", async () => {
  await withPage(async (page, requests) => {
    await withNoise(page, { frames: false });
    await openLab(page);
    assert.equal((await numbers(page, "cam")).target, 235);
    assert.ok(
      requests.some((url) => url.endsWith("candling_decode.js")),
      "the decoder was fetched",
    );
  });
});

test("where canvases give noise, what the browser alone decodes comes by way of WebCodecs, or is refused with what to allow", async () => {
  const avif = file("odd/photo.avif");
  let plain;
  await withClient(async (page) => {
    plain = await inPage(page, avif);
  });
  for (const frames of [true, false]) {
    await withPage(async (page) => {
      await withNoise(page, { frames });
      await emptyPage(page);
      await page.evaluate(async (model) => {
        const { Candling } = await import("/lib/candling.js");
        window.candling = await Candling.load({ model });
      }, MODEL);
      const seen = await inPage(page, avif);
      if (frames) assert.deepEqual(seen.predictions.slice(0, 5), plain.predictions.slice(0, 5));
      else assert.match(seen.refused, /^unavailable: .*allow this site to read canvas data/);
    });
  }
});
