/** Bad input: each file and each wrong wish gets a clear word, and the page goes on working. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { openSettings } from "./support/lab.mjs";
import { idle, message, MODEL, numbers, openLab, stage } from "./support/stage.mjs";

const odd = new URL("../photos/odd/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", odd), "utf8"));
const model = readFileSync(new URL(`../../www${MODEL}`, import.meta.url));

/** No odd file may hold the page up for longer than this, bombs included: their headers give them away. */
const MOST_MS = 8000;

/** Files that neither Chromium nor our own decoder reads, and the name by which each must be refused. */
const REFUSED_BY_NAME = { "photo.heic": /heic/i, "photo.jp2": /jpeg 2000/i };

const { slowdown, withPage, withClient } = stage();

/**
 * Gives the lab a file and waits for the photo or the error; returns also how many milliseconds that would
 * take on an idle machine.
 */
async function give(page, file) {
  if ((await message(page)) !== "") await page.click("#message-close");
  await page.evaluate(() => {
    document.querySelector("#photo-name").textContent = "";
  });
  const start = Date.now();
  const times = await slowdown(async () => {
    await page.setInputFiles("#file", file);
    await page.waitForFunction(
      () =>
        document.querySelector("main").getAttribute("aria-busy") === "false" &&
        (document.querySelector("#photo-name").textContent !== "" ||
          !document.querySelector("#message").hidden),
    );
  });
  const took = (Date.now() - start) / times;
  assert.ok(took <= MOST_MS, `${took} ms`);
  const { width, height } = await page.$eval("#photo", ({ dataset }) => dataset);
  const words = await message(page);
  return words === "" ? { shown: { width: Number(width), height: Number(height) }, took } : { words, took };
}

/** Colour of the shown photo at a place given in its own pixels. */
function colourAt(page, x, y) {
  return page.$eval(
    "#photo",
    (canvas, [x, y]) => {
      const scale = canvas.width / Number(canvas.dataset.width);
      const pixel = canvas
        .getContext("2d")
        .getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data;
      return Array.from(pixel.slice(0, 3));
    },
    [x, y],
  );
}

function assertClear(words, file) {
  assert.match(words, /^[A-Z].{15,}\.$/s, `${file}: a sentence`);
  assert.doesNotMatch(words, /undefined|\[object|null|panicked|RuntimeError|unreachable/, file);
}

test("every odd file, against its manifest", async () => {
  await withPage(async (page) => {
    await openLab(page);
    for (const { file, expect, width, height, probes = [] } of manifest.files) {
      const { shown, words } = await give(page, fileURLToPath(new URL(encodeURIComponent(file), odd)));
      if (words !== undefined) {
        assertClear(words, file);
        assert.notEqual(expect, "ok", `${file} must be read, but: ${words}`);
        if (file in REFUSED_BY_NAME) assert.match(words, REFUSED_BY_NAME[file], file);
        if (/^bomb_(20000|header|jpeg|gif)/.test(file)) assert.match(words, /at most \d+ megapixels/, file);
        continue;
      }
      assert.notEqual(expect, "error", `${file} must be refused`);
      assert.ok(!(file in REFUSED_BY_NAME), `${file} cannot have been read`);
      // Where readers may differ ("either"), so may the orientation that is applied.
      const sizes = [`${width}x${height}`, ...(expect === "either" ? [`${height}x${width}`] : [])];
      if (width !== undefined)
        assert.ok(
          sizes.includes(`${shown.width}x${shown.height}`),
          `${file}: ${shown.width}x${shown.height}`,
        );
      if (expect !== "ok") continue;
      for (const { x, y, rgb, tol } of probes) {
        const seen = await colourAt(page, x, y);
        const apart = Math.max(...seen.map((value, k) => Math.abs(value - rgb[k])));
        assert.ok(apart <= tol, `${file} at ${x},${y}: ${seen}, expected ${rgb} ± ${tol}`);
      }
    }
    // After all of that, the first experiment still works.
    await page.click('#samples [data-file="dog_cat.jpg"]');
    await page.waitForFunction(() => document.querySelector("#photo").dataset.width === "800");
    await idle(page);
    assert.equal((await numbers(page, "guided-grad-cam")).target, 235);
    assert.equal(await message(page), "");
  });
});

test("a file that fails leaves the photo before it on the page, and its classes can be asked", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const before = await numbers(page, "cam");
    const { words } = await give(page, fileURLToPath(new URL("text.txt", odd)));
    assert.match(words, /plain text/i);
    assert.deepEqual(await numbers(page, "cam"), before);
    await page.click('#predictions [data-class="285"]');
    await idle(page);
    assert.equal((await numbers(page, "guided-grad-cam")).target, 285);
  });
});

test("a picture that claims 100 megapixels is turned away by its header", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const { words, took } = await give(page, {
      name: "vast.png",
      mimeType: "image/png",
      buffer: pngClaiming(10_000, 10_000),
    });
    assert.match(words, /10000.10000 .*at most \d+ megapixels/);
    assert.ok(took < 2000, "without decoding it");
  });
});

/** A PNG with nothing in it but the claim. */
function pngClaiming(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(0))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const corrupted = Buffer.from(model);
corrupted.fill(0x20, 8, 4096); // the middle of the JSON header

for (const [what, answer, words] of [
  ["cut short", { body: model.subarray(0, model.length / 2) }, /model/i],
  ["cut inside its header", { body: model.subarray(0, 100) }, /model/i],
  ["empty", { body: Buffer.alloc(0) }, /model/i],
  ["with a damaged header", { body: corrupted }, /model/i],
  ["that is a web page", { contentType: "text/html", body: "<!doctype html><title>sorry</title>" }, /model/i],
  ["that is not there", { status: 404, body: "not found" }, /404/],
]) {
  test(`a model file ${what}: a clear word, and another try works`, async () => {
    await withPage(
      async (page) => {
        const broken = (route) => route.fulfill({ contentType: "application/octet-stream", ...answer });
        await page.route(`**${MODEL}`, broken);
        await page.goto("/");
        await page.waitForSelector('#loading[data-state="stopped"]');
        const said = await page.textContent("#loading-text");
        assertClear(said, what);
        assert.match(said, words);
        await page.unroute(`**${MODEL}`, broken);
        await page.click("#loading-button");
        await page.waitForSelector('#loading[data-state="ready"]');
        await idle(page);
        assert.equal((await numbers(page, "cam")).target, 235);
      },
      { expectErrors: /404/ },
    );
  });
}

for (const part of ["candling-worker.js", "candling_wasm.js", "candling_wasm_bg.wasm"]) {
  test(`a site that lacks ${part}: a clear word, not silence`, async () => {
    await withPage(
      async (page) => {
        await page.route(`**/lib/{,*/}${part}`, (route) => route.fulfill({ status: 404, body: "not found" }));
        await page.goto("/");
        await page.waitForSelector('#loading[data-state="stopped"]');
        const said = await page.textContent("#loading-text");
        assertClear(said, part);
        assert.match(said, new RegExp(part.replace(".", "\\.")));
      },
      { expectErrors: /404/ },
    );
  });
}

test("a site that lacks its samples: a word, and one's own photo works", async () => {
  await withPage(
    async (page) => {
      await page.route("**/samples.json", (route) => route.fulfill({ status: 404, body: "not found" }));
      await openLab(page);
      assert.match(await message(page), /samples\.json.*404/);
      const { shown } = await give(page, fileURLToPath(new URL("png_plain.png", odd)));
      assert.deepEqual(shown, { width: 96, height: 64 });
      assert.equal(await message(page), "");
    },
    { expectErrors: /404/ },
  );
});

test("a class that does not exist: the nearest is offered", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.fill("#class", "tabbi cat");
    await page.press("#class", "Enter");
    await page.waitForSelector("#message:not([hidden])");
    assertClear(await message(page), "unknown class");
    assert.match(await message(page), /tabby/);
    // what fails once is no longer said after the next success
    await openSettings(page);
    await page.selectOption("#method", "layer-cam");
    await idle(page);
    assert.equal(await message(page), "");
    // and a right one is found: by a label, by part of it, by its number
    for (const [query, target] of [
      ["tabby", 281],
      ["282", 282],
      ["Egyptian", 285],
    ]) {
      await page.fill("#class", query);
      await page.press("#class", "Enter");
      await page.waitForSelector(`#predictions [data-class="${target}"][aria-pressed="true"]`);
      await idle(page);
      assert.equal((await numbers(page, "guided-grad-cam")).target, target);
      assert.equal(await message(page), "");
    }
  });
});

test("arguments of kinds that no type allows are told by name, and none costs the engine", async () => {
  await withClient(async (page) => {
    const kinds = await page.evaluate(async () => {
      const { candling, failure, client } = window;
      const size = [1, 3, candling.info.inputHeight, candling.info.inputWidth];
      const tensor = () => new Float32Array(3 * size[2] * size[3]).fill(0.1);
      const run = await candling.runTensor(tensor(), size);
      const map = await run.explain({ method: "cam" });
      const paint = (...args) => client.paint(...args);
      const canvas = document.createElement("canvas");
      return {
        "load: the argument": await failure(() => client.Candling.load(5)),
        "load: model": await failure(() => client.Candling.load({ model: 5 })),
        "load: onProgress": await failure(() => client.Candling.load({ model: "/", onProgress: 5 })),
        "run: the argument": await failure(() => candling.run(new ImageData(8, 8), null)),
        "run: fit": await failure(() => candling.run(new ImageData(8, 8), { fit: 5 })),
        "run: signal": await failure(() => candling.run(new ImageData(8, 8), { signal: 5 })),
        "runTensor: the data": await failure(() => candling.runTensor([0.1], size)),
        "runTensor: the shape": await failure(() => candling.runTensor(tensor())),
        "explain: the argument": await failure(() => run.explain()),
        "explain: method": await failure(() => run.explain({ method: 5 })),
        "explain: layer": await failure(() => run.explain({ method: "grad-cam", layer: 5 })),
        "explain: counterfactual": await failure(() =>
          run.explain({ method: "grad-cam", counterfactual: "no" }),
        ),
        "explain: target": await failure(() => run.explain({ method: "grad-cam", target: true })),
        "explain: target.class": await failure(() => run.explain({ method: "grad-cam", target: {} })),
        "explain: target.over": await failure(() =>
          run.explain({ method: "grad-cam", target: { class: 281, over: null } }),
        ),
        "findClass: the query": await failure(() => candling.findClass(5)),
        "paint: the first argument": await failure(() => paint("canvas", map)),
        "paint: the second argument": await failure(() => paint(canvas, undefined)),
        "paint: maxSize": await failure(() => paint(canvas, map, { maxSize: 0 })),
        "render: colormap": await failure(() => paint(canvas, map, { colormap: 5 })),
        "render: opacity": await failure(() => paint(canvas, map, { opacity: "half" })),
        "render: width": await failure(() =>
          map.render({ width: 0.5, height: 8, colormap: "jet", opacity: 1 }),
        ),
      };
    });
    for (const [what, { code, message }] of Object.entries(kinds)) {
      assert.equal(code, "bad-argument", what);
      assert.ok(message.startsWith(`${what} `), `${what}: ${message}`);
      assert.match(message, / is .*; given \S+$/, what);
      assert.doesNotMatch(message, /\[object/, what);
    }
  });
});

/** In the page: the errors of wishes that are of the right kind, and cannot be granted; at last, that the
 *  next call works. */
async function wrongWishes() {
  const { candling, failure, client } = window;
  const size = [1, 3, candling.info.inputHeight, candling.info.inputWidth];
  const tensor = () => new Float32Array(3 * size[2] * size[3]).fill(0.1);
  const run = await candling.runTensor(tensor(), size);
  const map = await run.explain({ method: "cam" });
  const nan = tensor();
  nan[1234] = Number.NaN;
  const image = new Image();
  return {
    layer: await failure(() => run.explain({ method: "grad-cam", layer: "heda" })),
    className: await failure(() => run.explain({ method: "grad-cam", target: "tabbi cat" })),
    classIndex: await failure(() => run.explain({ method: "grad-cam", target: 1000 })),
    classFraction: await failure(() => run.explain({ method: "grad-cam", target: 1.5 })),
    classNaN: await failure(() => run.explain({ method: "grad-cam", target: Number.NaN })),
    classNegative: await failure(() => run.explain({ method: "grad-cam", target: -1 })),
    margin: await failure(() => run.explain({ method: "grad-cam", target: { class: 281, over: 281 } })),
    method: await failure(() => run.explain({ method: "grad-camm" })),
    cam: await failure(() => run.explain({ method: "cam", layer: "stem" })),
    nan: await failure(() => candling.runTensor(nan, size)),
    shape: await failure(() => candling.runTensor(new Float32Array(12), [1, 3, 2, 3])),
    size: await failure(() => candling.runTensor(new Float32Array(12), [1, 3, 2, 2])),
    photo: await failure(() => candling.run("cat.jpg")),
    nothing: await failure(() => candling.run(undefined)),
    canvas: await failure(() => candling.run(new OffscreenCanvas(0, 0))),
    image: await failure(() => candling.run(image)),
    fit: await failure(() => candling.run(new ImageData(8, 8), { fit: "stretch" })),
    colormap: await failure(async () =>
      client.paint(document.createElement("canvas"), await run.explain({ method: "cam" }), {
        colormap: "rainbow",
      }),
    ),
    opacity: await failure(async () =>
      client.paint(document.createElement("canvas"), await run.explain({ method: "cam" }), {
        opacity: 2,
      }),
    ),
    backend: await failure(() =>
      client.Candling.load({ model: "/models/efficientnet-lite0.safetensors", backend: "gpu" }),
    ),
    model: await failure(() => client.Candling.load({ model: "http://[" })),
    still: await failure(async () => {
      await run.explain({ method: "grad-cam" });
      await map.render({ width: 8, height: 8, colormap: "jet", opacity: 1 });
      throw new client.CandlingError({ code: "works", message: "the next call still works" });
    }),
  };
}

test("wrong wishes to the client: a code and a clear sentence each, and the next call works", async () => {
  await withClient(async (page) => {
    const failures = await page.evaluate(wrongWishes);
    const codes = Object.fromEntries(Object.entries(failures).map(([name, { code }]) => [name, code]));
    assert.deepEqual(codes, {
      layer: "unknown-layer",
      className: "unknown-class",
      classIndex: "unknown-class",
      classFraction: "unknown-class",
      classNaN: "unknown-class",
      classNegative: "unknown-class",
      margin: "bad-argument",
      method: "bad-argument",
      cam: "bad-argument",
      nan: "not-finite",
      shape: "bad-argument",
      size: "bad-shape",
      photo: "bad-argument",
      nothing: "bad-argument",
      canvas: "corrupt-image",
      image: "corrupt-image",
      fit: "bad-argument",
      colormap: "bad-argument",
      opacity: "bad-argument",
      backend: "bad-argument",
      model: "bad-argument",
      still: "works",
    });
    for (const [name, { message }] of Object.entries(failures)) {
      assert.match(message, /^[^A-Z].{10,}[^.]$/, `${name}: lowercase, no full stop`);
      assert.doesNotMatch(message, /undefined (is|was)|\[object|panicked|unreachable/, name);
    }
    assert.match(failures.layer.message, /head/, "some layers are listed");
    assert.match(failures.className.message, /tabby/, "the nearest class is offered");
    for (const name of ["classIndex", "classFraction", "classNaN", "classNegative"]) {
      assert.match(failures[name].message, /classes 0 to 999/, `${name}: the range is given`);
    }
    assert.match(failures.method.message, /grad-cam/, "the methods are listed");
    assert.match(failures.fit.message, /squash.*crop/, "the fits are listed");
    assert.match(failures.colormap.message, /turbo/, "the colormaps are listed");
    assert.match(failures.nan.message, /1234/, "the place of the NaN is named");
  });
});

test("a picture of another origin without CORS is refused in words", async () => {
  await withPage(
    async (page) => {
      // The other origin is played: nothing leaves the machine.
      await page.route("http://elsewhere.test/**", (route) =>
        route.fulfill({ contentType: "image/jpeg", body: readFileSync(new URL("exif_1.jpg", odd)) }),
      );
      await page.route("**/empty", (route) =>
        route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
      );
      await page.goto("/empty");
      const error = await page.evaluate(async (model) => {
        const { Candling } = await import("/lib/candling.js");
        const candling = await Candling.load({ model });
        const image = new Image();
        image.src = "http://elsewhere.test/cat.jpg";
        await image.decode();
        return candling.run(image).catch(({ code, message }) => ({ code, message }));
      }, MODEL);
      assert.equal(error.code, "tainted-image");
      assert.match(error.message, /another origin/);
    },
    { otherOrigins: ["http://elsewhere.test"] },
  );
});
