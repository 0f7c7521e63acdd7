/** The lesson, walked by clicking: a network learns the wrong thing, is caught, and is mended. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { judge } from "./support/axe.mjs";
import { lookAt, openSettings } from "./support/lab.mjs";
import { command, folder } from "./support/native.mjs";
import { idle, numbers, stage } from "./support/stage.mjs";

const bias = fileURLToPath(new URL("../photos/bias/", import.meta.url));
const { classes, pictures } = JSON.parse(readFileSync(join(bias, "labels.json"), "utf8"));
const { slowdown, onePage, withPage } = stage();

async function openLesson(page) {
  await page.goto("/bias.html");
  await page.waitForSelector('#lesson[aria-busy="false"]');
}

/** Presses a step's button and waits until it is done. */
async function press(page, step) {
  await page.click(`#${step}-go`);
  await page.waitForSelector(`#${step}[data-state="done"][aria-busy="false"]`);
}

const meter = (page, id) => page.$eval(`#${id}`, ({ dataset }) => Number(dataset.value));

/** The findings of the pictures of a sheet. */
const found = (page, sheet) =>
  page.$$eval(`#${sheet} .shot`, (shots) =>
    Object.fromEntries(
      shots.map(({ dataset: { name, predicted, evidence } }) => [
        name,
        { predicted: Number(predicted), evidence: Number(evidence) },
      ]),
    ),
  );

/** A model's file, as the page saves it. */
async function saved(page, button, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  const path = join(folder, name);
  await download.saveAs(path);
  return path;
}

/** Writes photos of some sets as a folder, with a folder per class, and their masks likewise. */
function folderOf(name, ...sets) {
  for (const picture of pictures.filter((picture) => picture.sets.some((set) => sets.includes(set)))) {
    for (const [kind, from, ending] of [
      ["photos", "images", "webp"],
      ["masks", "masks", "png"],
    ]) {
      const to = join(folder, name, kind, picture.label, `${picture.name}.${ending}`);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(bias, from, `${picture.name}.${ending}`), to);
    }
  }
  return join(folder, name);
}

/**
 * Runs `candling audit` of a model on all test photos; returns the prediction and the share of evidence for
 * each.
 */
function audit(model) {
  const tests = folderOf("tests", "test_same", "test_swapped");
  const csv = join(folder, "audit.csv");
  execFileSync(
    command,
    [
      "audit",
      join(tests, "photos"),
      "--model",
      model,
      "--masks",
      join(tests, "masks"),
      "--csv",
      csv,
      "--overwrite",
      "--fit",
      "squash",
    ],
    { stdio: "ignore" },
  );
  const [head, ...rows] = readFileSync(csv, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const at = (row, column) => row[head.indexOf(column)];
  return Object.fromEntries(
    rows.map((row) => [
      at(row, "photo").replace(/.*\/|\.webp$/g, ""),
      { predicted: classes.indexOf(at(row, "predicted")), evidence: Number(at(row, "evidence")) },
    ]),
  );
}

/** The same answers; shares of evidence as far apart as rounding in another order makes them. */
const APART = 1e-3;
function assertSame(actual, expected) {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, { predicted, evidence }] of Object.entries(expected)) {
    assert.equal(actual[name].predicted, predicted, name);
    assert.ok(
      Math.abs(actual[name].evidence - evidence) <= APART,
      `${name}: ${actual[name].evidence} and ${evidence}`,
    );
  }
}

describe("the biased model is caught and mended, and the command line says the same of both", () => {
  const opened = onePage({ colorScheme: "dark", reducedMotion: "reduce" });
  let page;
  let sides;
  before(() => ({ page } = opened));

  test("the steps are opened one after the other", async () => {
    await watchShifts(page);
    await openLesson(page);
    for (const later of ["elsewhere", "light", "mend", "again"])
      assert.ok(await page.isDisabled(`#${later}-go`), later);
  });

  test("it learns to be right on photos like its own", async () => {
    await press(page, "teach");
    assert.equal(Number(await page.getAttribute("#teach-learnt", "data-accuracy")), 1);
    assert.ok((await meter(page, "like-score")) >= 0.95);
    // the training was seen: lines of as many points as there were steps
    assert.ok((await page.getAttribute("#teach-plot .line-1", "d")).split("L").length > 300);
  });

  test("elsewhere it goes by the background", async () => {
    await press(page, "elsewhere");
    assert.ok((await meter(page, "swapped-score")) <= 0.65);
    assert.equal(await page.$$eval("#swapped-sheet [data-correct=false]", ({ length }) => length), 19);
    // the bias, by class: what stands on grass is taken for a mammal
    assert.ok((await meter(page, "swapped-birds")) < 0.2 && (await meter(page, "swapped-mammals")) > 0.6);
  });

  test("where it is wrong it looks away from the animal, and the sheet says what the map says", async () => {
    await press(page, "light");
    const evenly = await page.$eval("#light-wrong", ({ dataset }) => Number(dataset.evenly));
    assert.ok((await meter(page, "light-wrong")) < evenly, "where it is wrong it looks away from the animal");
    const looked = await page.$eval("#light-map", ({ dataset }) => dataset);
    assert.ok(Number(looked.evidence) < 0.2, "the clearest mistake");
    await page.click("#light-sheet li:nth-child(3) button");
    await page.waitForFunction(
      (before) => document.querySelector("#light-map").dataset.name !== before,
      looked.name,
    );
    const inSheet = await page.$eval(
      "#light-sheet li:nth-child(3) button",
      (button) => /; (.+) on the animal$/.exec(button.ariaLabel)[1],
    );
    assert.ok(
      (await page.textContent("#light-reading")).includes(`. ${inSheet} lies on the `),
      `below the map as in the sheet: ${inSheet}`,
    );
  });

  test("taught again with swapped photos it is right elsewhere, and looks at the animal", async (t) => {
    await page.click("#mend-go");
    assert.equal(await page.textContent("#mend-text"), "20");
    const times = await slowdown(() => press(page, "again"));
    const seconds = Number(await page.getAttribute("#again-learnt", "data-milliseconds")) / 1000;
    const scores = {};
    for (const id of ["like", "swapped", "evidence"])
      for (const model of ["biased", "mended"])
        scores[`${model} ${id}`] = await meter(page, `${model}-${id}`);
    t.diagnostic(`${JSON.stringify(scores)}, retrained in ${seconds} s`);
    assert.ok(scores["biased like"] >= 0.95 && scores["biased swapped"] <= 0.65);
    assert.ok(scores["mended like"] >= 0.85 && scores["mended swapped"] >= 0.85);
    assert.ok(scores["mended evidence"] - scores["biased evidence"] >= 0.1);
    assert.ok(seconds <= times, `${seconds} s on a machine that was held up ${times} times`);
  });

  test("both are shown side by side, on the same photo", async () => {
    // side by side, on the same photo
    sides = await page.$$eval("#compare-divided canvas", (canvases) =>
      canvases.map(({ dataset: { name, evidence } }) => [name, Number(evidence)]),
    );
    assert.equal(sides[0][0], sides[1][0]);
    assert.ok(sides[1][1] > sides[0][1]);
  });

  test("the divider goes through the animal, until it is moved", async () => {
    // the divider goes through the animal, until it is moved
    const cut = () =>
      page.$eval("#compare-divided", ({ style }) => parseFloat(style.getPropertyValue("--cut")));
    const mask = readFileSync(join(bias, "masks", `${sides[0][0]}.png`));
    const [left, right] = await page.evaluate(extent, mask.toString("base64"));
    assert.ok(
      left < (await cut()) && (await cut()) < right,
      `${await cut()} % is between ${left} and ${right}`,
    );
    await page.fill("#compare-divider", "20");
    assert.equal(await cut(), 20);
    await page.click("#compare-sheet li:nth-child(5) button");
    await page.waitForFunction(
      (before) => document.querySelector("#compare-about").dataset.name !== before,
      sides[0][0],
    );
    assert.equal(await cut(), 20);
  });

  test("the page is accessible in the end", async (t) => {
    await assertAccessible(page, t);
  });

  test("the command line trains the same, and judges as the page does", async () => {
    // the command line trains the same from the same photos, and judges what the page trained as the page
    // does
    const mended = await found(page, "compare-sheet");
    const biased = { ...(await found(page, "like-sheet")), ...(await found(page, "swapped-sheet")) };
    assert.equal(Object.keys(mended).length, 64);
    assertSame(mended, audit(await saved(page, "#save-mended", "mended.safetensors")));
    const trained = join(folder, "biased.safetensors");
    const photos = join(folderOf("biased", "train_biased"), "photos");
    execFileSync(command, ["train", photos, "-o", trained, "--held-out", "0", "--fit", "squash"], {
      stdio: "ignore",
    });
    assertSame(biased, audit(trained));
  });
});

/** The left and right edge of a mask, in per cent of its width; runs in a page. */
async function extent(png) {
  const bitmap = await createImageBitmap(
    new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))]),
  );
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const columns = [...Array(width * height).keys()]
    .filter((at) => data[4 * at] > 127)
    .map((at) => at % width);
  return [Math.min(...columns), Math.max(...columns) + 1].map((column) => (100 * column) / width);
}

test("some counter-examples, chosen one by one, and the mended model in the lab", async () => {
  await withPage(async (page) => {
    await openLesson(page);
    for (const step of ["teach", "elsewhere", "light"]) await press(page, step);
    await page.click("#mend-sheet li:nth-child(2) button");
    assert.equal(await page.textContent("#mend-text"), "1");
    assert.equal(
      await page.getAttribute("#mend-sheet li:nth-child(2) button", "data-name"),
      "train_bird_01_grass",
    );
    // one that has no counterpart stays
    await page.click("#mend-sheet li:nth-child(1) button");
    assert.equal(await page.textContent("#mend-text"), "1");
    await page.focus("#mend-count");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.textContent("#mend-text"), "2");
    await press(page, "again");
    const few = await meter(page, "mended-swapped");
    await page.fill("#mend-count", "20");
    await press(page, "again");
    assert.ok((await meter(page, "mended-swapped")) > few, "more counter-examples, fewer mistakes");

    assert.equal(
      await page.$$eval("#tries-plot .line-0", ([line]) => line.getAttribute("d").split("L").length),
      3,
      "what was tried: none, two and all",
    );
    const [lab] = await Promise.all([page.context().waitForEvent("page"), page.click("#lab-mended")]);
    await assertOrdinary(lab);
  });
});

/** A lab with a trained model: each method, the other class, an earlier layer, the identities. */
async function assertOrdinary(page) {
  await page.waitForURL(/\?model=own&layer=blocks\.14\.add$/);
  await page.waitForSelector('main[aria-busy="false"]');
  await page.waitForSelector("#predictions [data-class]");
  assert.deepEqual(
    (
      await page.$$eval("#predictions button bdi", (names) => names.map(({ textContent }) => textContent))
    ).sort(),
    ["bird", "mammal"],
  );
  assert.match(await page.textContent("#model-credit"), /mended, on EfficientNet-Lite0/);
  assert.equal(await page.textContent("#class-count"), "2");
  await openSettings(page);
  assert.equal(await page.inputValue("#layer"), "blocks.14.add", "its maps are the lesson's");
  for (const method of await page.$$eval("#method option", (options) => options.map(({ value }) => value))) {
    await page.selectOption("#method", method);
    await idle(page);
    assert.ok((await numbers(page, "cam")).strength > 0, method);
  }
  await page.selectOption("#method", "grad-cam");
  const { target } = await numbers(page, "cam");
  await page.click(`#predictions [data-class="${1 - target}"]`);
  await page.selectOption("#layer", "blocks.10.add");
  await idle(page);
  const other = await numbers(page, "cam");
  assert.deepEqual([other.target, other.layer], [1 - target, "blocks.10.add"]);
  await lookAt(page, "machine");
  await page.click("#self-test");
  await page.waitForSelector("#identities:not([hidden])");
  assert.ok(
    (
      await page.$$eval("#identities [data-identity]", (rows) => rows.map(({ dataset }) => dataset.holds))
    ).every((holds) => holds === "true"),
  );
}

test("a model's file opens in the lab, and one that is none is refused", async () => {
  const path = join(folder, "lab.safetensors");
  const photos = join(folderOf("lab", "train_unbiased"), "photos");
  execFileSync(command, ["train", photos, "-o", path], { stdio: "ignore" });
  await withPage(async (page) => {
    await page.goto("/");
    await idle(page);
    await page.setInputFiles("#file", path);
    await page.waitForURL("**/?model=own");
    await page.waitForSelector("#predictions [data-class]");
    await idle(page);
    assert.equal(await page.textContent("#class-count"), "2");
    // what is shown stays, and so does the model that was kept
    await page.setInputFiles("#file", {
      name: "none.SAFETENSORS",
      mimeType: "",
      buffer: Buffer.from("no model"),
    });
    await page.waitForFunction(
      () =>
        /model/i.test(document.querySelector("#message-text").textContent) &&
        !/^Opening/.test(document.querySelector("#message-text").textContent),
    );
    await page.reload();
    await page.waitForSelector("#predictions [data-class]");
    await idle(page);
    assert.equal(await page.textContent("#class-count"), "2");
    await page.click("#other-weights");
    await page.waitForSelector("#predictions [data-class]");
    await page.waitForFunction(() => document.querySelector("#loading").dataset.state === "ready");
    assert.equal(await page.textContent("#class-count"), "1000");
  });
});

test("cancelled in the middle it goes on from there, and what fails is said", async () => {
  await withPage(
    async (page) => {
      let refuse = true;
      await page.route("**/lesson/pictures.zip", (route) => (refuse ? route.abort() : route.continue()));
      await page.goto("/bias.html");
      await page.waitForSelector("#message:not([hidden])");
      refuse = false;
      await page.click("#message-action");
      await page.waitForSelector('#lesson[aria-busy="false"]');

      await page.click("#teach-go");
      await page.waitForFunction(() =>
        /^Looking at the photos: \d+/.test(document.querySelector("#teach .status").textContent),
      );
      await page.click("#teach-go");
      await page.waitForFunction(() =>
        document.querySelector("#teach .status").textContent.startsWith("Cancelled"),
      );
      assert.equal(await page.textContent("#teach-go"), "Teach it");

      await page.route("**/head/candling_head.js", (route) => route.abort());
      await page.click("#teach-go");
      await page.waitForFunction(() =>
        document.querySelector("#message-text").textContent.includes("could not be started"),
      );
      assert.equal(await page.getAttribute("#teach", "data-state"), "open");
      await page.unroute("**/head/candling_head.js");
      await page.reload();
      await page.waitForSelector('#lesson[aria-busy="false"]');
      await press(page, "teach");
      assert.equal(await meter(page, "like-score"), 1);

      // begun again and not finished: there is nothing to go on with
      await press(page, "elsewhere");
      await page.click("#teach-go");
      await page.waitForFunction(() =>
        /^Asking it about new photos: [3-9] /.test(document.querySelector("#teach .status").textContent),
      );
      assert.ok(await page.isDisabled("#elsewhere-go"), "one step at a time");
      await page.click("#teach-go");
      await page.waitForFunction(() =>
        document.querySelector("#teach .status").textContent.startsWith("Cancelled"),
      );
      assert.deepEqual(
        await page.$$eval("#elsewhere-go, #light-go", (buttons) => buttons.map(({ disabled }) => disabled)),
        [true, true],
      );
      assert.equal(await page.$$eval("#like-sheet [data-correct]", ({ length }) => length), 0);
      for (const step of ["teach", "elsewhere", "light"]) await press(page, step);
      assert.match(await page.textContent("#light-score small"), /^of 64;/);
    },
    { expectErrors: /ERR_FAILED/ },
  );
});

/** Counts what moves by itself. */
const watchShifts = (page) =>
  page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
  });

async function assertAccessible(page, t) {
  assert.ok((await judge(page, t)).length > 20);
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    "nothing sticks out",
  );
  const shift = await page.evaluate(() => window.shift);
  t.diagnostic(`layout shift ${shift}`);
  assert.ok(shift < 0.02, `layout shift ${shift}`);
}

test("accessible and steady on a phone, by day", async (t) => {
  await withPage(
    async (page) => {
      await watchShifts(page);
      await openLesson(page);
      for (const step of ["teach", "elsewhere", "light"]) await press(page, step);
      await page.click("#mend-go");
      await press(page, "again");
      await assertAccessible(page, t);
    },
    { colorScheme: "light", viewport: { width: 390, height: 844 }, reducedMotion: "reduce" },
  );
});
