/** The page of own pictures: classes, training, regions, the contact sheet, and storage. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { judge } from "./support/axe.mjs";
import { command } from "./support/native.mjs";
import {
  added,
  addPhotos,
  bytesOf,
  counted,
  drawBox,
  examined,
  fileOf,
  kept,
  nameClass,
  openOwn,
  openPhoto,
  photosOf,
  saved,
  share,
  train,
  twoClasses,
} from "./support/own.mjs";
import { frames, message, PNG, stage } from "./support/stage.mjs";

const { slowdown, longestTask, onePage, withPage } = stage();

/** Least number of rules that apply to the page and pass. */
const LEAST_PASSES = 30;

/** The share of Grad-CAM inside a box, for a photo and a model in files, computed here pixel by pixel. */
async function shareByHand(page, model, photo, [left, top, right, bottom]) {
  const map = await page.evaluate(
    async ([model, photo]) => {
      const blob = (base64) =>
        new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
      const { Candling } = await import("/lib/candling.js");
      const candling = await Candling.load({ model: blob(model), backend: "cpu" });
      const run = await candling.run(blob(photo));
      const { data, width, height } = await run.explain({
        method: "grad-cam",
        layer: candling.info.evidenceLayer,
      });
      candling.close();
      return { data: [...data], width, height };
    },
    [model.toString("base64"), photo.toString("base64")],
  );
  const side = 256;
  const at = (x, y) => {
    const place = (value, cells) => Math.min(cells - 1, Math.max(0, ((value + 0.5) / side) * cells - 0.5));
    const [px, py] = [place(x, map.width), place(y, map.height)];
    const [x0, y0] = [Math.floor(px), Math.floor(py)];
    const [x1, y1] = [Math.min(map.width - 1, x0 + 1), Math.min(map.height - 1, y0 + 1)];
    const value = (cx, cy) => map.data[cy * map.width + cx];
    const row = (cy) => value(x0, cy) * (1 - px + x0) + value(x1, cy) * (px - x0);
    return Math.max(0, row(y0) * (1 - py + y0) + row(y1) * (py - y0));
  };
  let [inside, everywhere] = [0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      everywhere += at(x, y);
      const within = (value, from, to) => value >= Math.round(from * side) && value < Math.round(to * side);
      if (within(x, left, right) && within(y, top, bottom)) inside += at(x, y);
    }
  }
  return inside / everywhere;
}

/**
 * Drops files and folders of the disk, as a hand does: it lets go once the page has marked where they would
 * fall. A browser that has not heard of that mark yet takes the drop for a leave; then the hand comes back.
 */
async function drop(page, selector, files) {
  await page.locator(selector).scrollIntoViewIfNeeded();
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const session = await page.context().newCDPSession(page);
  const drag = (type) =>
    session.send("Input.dispatchDragEvent", {
      type,
      x: x + width / 2,
      y: y + height / 2,
      data: { items: [], files, dragOperationsMask: 1 },
    });
  for (let end = ""; end !== "drop"; ) {
    await page.evaluate(() => {
      const ends = (resolve) => (event) =>
        (event.type === "drop" || event.relatedTarget === null) && resolve(event.type);
      window.dragged = new Promise((resolve) => {
        for (const type of ["drop", "dragleave"]) addEventListener(type, ends(resolve), { capture: true });
      });
    });
    await drag("dragEnter");
    await drag("dragOver");
    await page.waitForSelector(".dropping");
    await drag("dragOver");
    await drag("drop");
    end = await page.evaluate(() => window.dragged);
  }
  await session.detach();
}

/** Fields of a CSV; the names in these tests have no quotes. */
function table(bytes) {
  const [head, ...lines] = bytes
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at]])));
}

test("two classes are learnt, a quarter held out and shown; once more takes no second", async () => {
  await withPage(async (page) => {
    await openOwn(page);
    await page.click("#train");
    assert.match(await message(page), /^Class 1 has no name/);
    await twoClasses(page, 12);
    await page.waitForFunction(() =>
      /^24 photos have to be looked at before the training can begin; how long/.test(
        document.querySelector("#train-hint").textContent,
      ),
    );
    assert.equal(await message(page), "", "the class has a name by now");
    await train(page);
    await counted(page, Array(2).fill("12 photos · 9 to learn from, 3 held out"));
    assert.equal(await page.locator(".card .mark:not([hidden])").count(), 6);
    assert.deepEqual(
      new Set(await page.locator(".card .mark:not([hidden])").allTextContents()),
      new Set(["held out"]),
    );
    assert.match(
      await page.textContent("#verdict"),
      /^\d+ of 18 right, of those it learnt from \(\d+.%\); \d of 6 that it had not seen(: \d+.% \(\d+ to \d+\))?\. 6 are few to judge by/,
    );
    const rows = await page.$$eval("#lesson tbody tr", (rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent)),
    );
    assert.deepEqual(
      rows.map(([name, lessons, , held]) => [name, lessons, held]),
      [
        ["bird", "9", "3"],
        ["mammal", "9", "3"],
      ],
    );
    assert.match(await page.getAttribute("#curve svg", "aria-label"), /^After 400 steps/);
    await examined(page, 24);
    const summary = await page.$$eval("#summary tr", (rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent)),
    );
    assert.deepEqual(summary[0], [
      "Class",
      "Photos",
      "Right, held out",
      "Right, learnt from",
      "Evidence in “object”",
      "If spread evenly",
    ]);
    assert.match(summary[1][3], /^\d+.of.18$/);
    for (const [, , held] of summary.slice(1))
      assert.match(held, /^\d.of.\d$|^\d+.% \((\d+) to (?!\1\))\d+\)$/, "no interval of one point");
    let again = 0;
    const times = await slowdown(async () => (again = await train(page)));
    assert.ok(
      again < 1000 * times,
      `training again took ${again} ms on a machine that was held up ${times} times`,
    );
    await examined(page, 24);
    assert.match(await page.textContent("#kept"), /^24 photos, .* kept in this browser/);
  });
});

describe("a region: its share is what it should be, follows hand and keyboard, and sorts the sheet; everything can be taken away", () => {
  const opened = onePage();
  let page, requests;
  let name, box, drawn, label, even, least, line;
  before(() => ({ page, requests } = opened));
  const layer = () => page.$eval("#layer", ({ value, disabled }) => [value, disabled]);
  const evidence = () => page.$$eval("#sheet li", (tiles) => tiles.map(({ dataset }) => dataset.evidence));

  test("the share inside a box is said, beside that of an even spread", async () => {
    await openOwn(page);
    await twoClasses(page);
    await train(page);
    await examined(page, 16);
    await openPhoto(page);
    name = await page.textContent("#viewer-title");
    box = [0.25, 0.5, 0.75, 1];
    await drawBox(page, ...box);
    drawn = await share(page);
    [, label, even] =
      /^[\d.]+.% of Grad-CAM’s evidence for (\w+) lies in “object”; (\d+).% if it were spread evenly\.$/.exec(
        await page.textContent("#share"),
      );
    assert.equal(even, "25", "half of its width, half of its height");
    await page.waitForFunction(
      () =>
        document.querySelector("#viewer-said").textContent === document.querySelector("#share").textContent,
    );
    assert.deepEqual(await page.$$eval(".box-fields input", (fields) => fields.map(({ value }) => value)), [
      "25",
      "50",
      "50",
      "50",
    ]);
  });

  test("a box follows the arrow keys and its fields, and the share with it", async () => {
    await page.focus("#pane");
    await page.keyboard.press("ArrowUp");
    const moved = await share(page, drawn);
    assert.notEqual(moved, drawn);
    await page.fill("#box-y", "50");
    await page.keyboard.press("Tab");
    assert.ok(Math.abs(Number(await share(page, moved)) - Number(drawn)) < 1e-6, "back where it was");
  });

  test("any method, class and margin can be looked at", async () => {
    await page.selectOption("#method", "layer-cam");
    await page.waitForFunction(() => document.querySelector("#picture").dataset.map.startsWith("layer-cam"));
    await page.selectOption("#method", "gradient");
    await page.waitForFunction(() => document.querySelector("#picture").dataset.map.startsWith("gradient"));
    await page.selectOption("#method", "grad-cam");
    await page.selectOption("#over", { label: "mammal" });
    await page.waitForFunction(() => document.querySelector("#picture").dataset.map.startsWith("grad-cam"));
    const other = label === "bird" ? "mammal" : "bird";
    await page.selectOption("#asked", { label });
    await page.selectOption("#over", { label: other });
    await page.waitForFunction(
      (words) => document.querySelector("#picture").ariaLabel.startsWith(words),
      `Grad-CAM for ${label} rather than ${other}: `,
    );
    assert.match(await page.textContent("#share"), new RegExp(`for ${label} rather than ${other} lies`));
    assert.match(await page.textContent("#method-hint"), /^Lit where the layer found evidence/);
    assert.deepEqual(await page.$$eval("#layer optgroup", (groups) => groups.map((group) => group.label)), [
      "The last (coarse, knows things)",
      "Ends of blocks",
      "All other layers",
    ]);
    // the sums of the residual blocks, the last first
    const ends = await page.$$eval("#layer optgroup[label='Ends of blocks'] option", (options) =>
      options.map(({ value }) => value),
    );
    assert.deepEqual(
      ends,
      [14, 13, 12, 10, 9, 7, 6, 4, 2].map((block) => `blocks.${block}.add`),
    );
  });

  test("a layer can be chosen where the method takes one", async () => {
    assert.deepEqual(await layer(), ["blocks.14.add", false]);
    assert.match(
      await page.textContent("#summary caption"),
      /^Evidence: Grad-CAM for what the model says, at the layer blocks\.14\.add\./,
    );
    await page.selectOption("#method", "cam");
    assert.deepEqual(await layer(), ["", true], "it takes no layer");
    await page.selectOption("#method", "grad-cam");
    assert.deepEqual(await layer(), ["blocks.14.add", false]);
    await page.selectOption("#asked", { label: "its answer" });
    await page.selectOption("#over", { label: "none other" });
  });

  test("with the region in all photos, the sheet is sorted by evidence", async () => {
    await page.click("#region-all");
    assert.match(await page.textContent("#region-hint"), /15 other photos/);
    await page.click("#viewer-close");
    await page.waitForFunction(() =>
      [...document.querySelectorAll("#sheet li")].every(({ dataset }) => dataset.evidence !== ""),
    );
    least = (await evidence()).map(Number);
    assert.deepEqual(
      least,
      [...least].sort((a, b) => a - b),
    );
    assert.notEqual(least[0], least.at(-1));
    await page.selectOption("#order", "most");
    assert.deepEqual((await evidence()).map(Number), least.toReversed());
    assert.equal(
      await page.getAttribute("#shown", "role"),
      null,
      "it changes with every photo that is examined",
    );
  });

  test("the sheet shows the photos of one class, or those that were held out", async () => {
    await page.selectOption("#only-class", "mammal");
    await page.waitForFunction(
      () =>
        / of /.test(document.querySelector("#announce").textContent) &&
        document.querySelector("#announce").textContent === document.querySelector("#shown").textContent,
    );
    assert.equal((await evidence()).length, 8);
    await page.selectOption("#only-class", "");
    await page.check("#only-held-out");
    assert.equal((await evidence()).length, 4);
    await page.uncheck("#only-held-out");
  });

  test("another region has shares of its own", async () => {
    // a second region, of which only one photo is wholly inside
    await page.fill("#region-name", "frame");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() =>
      [...document.querySelectorAll("#sheet li")].every(({ dataset }) => dataset.evidence === ""),
    );
    await openPhoto(page);
    await drawBox(page, 0, 0, 1, 1);
    assert.equal(Number(await share(page)), 1);
    await page.click("#viewer-close");
    await page.locator("#regions button", { hasText: "object" }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll("#sheet li")].every(({ dataset }) => dataset.evidence !== ""),
    );
  });

  test("the table has a line a photo, with both regions", async () => {
    const csv = await saved(page, "#save-csv");
    assert.equal(csv.name, "bird-or-mammal-audit.csv");
    assert.match(
      csv.bytes.toString(),
      /^photo,class,group,predicted,probability,correct,evidence,evenly,layer,error,mask,rule,model_sha256,held_out,evidence_frame\n/,
    );
    const lines = table(csv.bytes);
    assert.equal(lines.length, 16);
    assert.deepEqual(
      lines.map((line) => Number(line.evidence)).sort((a, b) => a - b),
      least,
    );
    assert.deepEqual(
      lines.filter(({ evidence_frame: frame }) => frame !== "").map(({ evidence_frame: frame }) => frame),
      ["1"],
    );
    assert.equal(lines.filter(({ held_out: held }) => held === "true").length, 4);
  });

  test("the record holds the means, their counts, and what they stand on", async () => {
    const json = JSON.parse((await saved(page, "#save-json")).bytes);
    assert.equal(json.model, "bird or mammal, on EfficientNet-Lite0");
    assert.deepEqual(json.classes, ["bird", "mammal"]);
    assert.deepEqual(
      json.summary.map((line) => [line.class, line.photos]),
      [
        [null, 16],
        ["bird", 8],
        ["mammal", 8],
      ],
    );
    assert.ok(
      json.stands_on.includes("masks: none from a folder; 16 photos marked on this page as “object”"),
      json.stands_on,
    );
    const { left, padding } = await page.$eval("#basis", (list) => ({
      left: list.getBoundingClientRect().left,
      padding: parseFloat(getComputedStyle(list).paddingLeft),
    }));
    assert.ok(left >= 0 && padding >= 16, "the marks of the list lie beside its words, within the page");
    const mean = least.reduce((sum, value) => sum + value, 0) / least.length;
    assert.ok(Math.abs(json.summary[0].evidence.mean - mean) < 1e-9);
    assert.equal(json.summary[0].accuracy_held_out.count, 4);
    assert.equal(json.summary[0].accuracy_learnt_from.count, 12);
    assert.equal(Math.round(100 * json.summary[0].evenly), Number(even));
    line = json.rows.find(({ photo }) => basename(photo) === name);
    assert.ok(Math.abs(line.evidence - Number(drawn)) < 1e-6);
  });

  test("with the model that is taken away, a share computed by hand is the same", async () => {
    const model = await saved(page, "#save-model");
    assert.equal(model.name, "bird-or-mammal.safetensors");
    const path = [...photosOf("bird", "water", 8), ...photosOf("mammal", "grass", 8)].find(
      (path) => basename(path) === name,
    );
    const byHand = await shareByHand(page, model.bytes, bytesOf(path), box);
    assert.ok(Math.abs(byHand - line.evidence) < 1e-3, `${byHand} by hand, ${line.evidence} on the page`);
  });

  test("the report shows all of it offline, without scripts", async () => {
    const report = await saved(page, "#save-report");
    const asked = requests.length;
    await page.context().setOffline(true);
    const reader = await page.context().newPage();
    await reader.setContent(report.bytes.toString());
    assert.equal(await reader.locator("ol img").count(), 16);
    assert.ok(await reader.$$eval("ol img", (all) => all.every(({ naturalWidth }) => naturalWidth > 100)));
    const first = await reader.locator("ol b").first().textContent();
    assert.equal(first, `${(100 * least[0]).toFixed(1)} % inside`);
    assert.equal(await reader.locator("script").count(), 0);
    assert.deepEqual(await reader.locator("thead th").allTextContents(), [
      "Class",
      "Photos",
      "Right, held out",
      "Right, learnt from",
      "Evidence in “object”",
      "If spread evenly",
    ]);
    assert.equal(
      (await reader.locator("tbody td").allTextContents()).filter((words) => /\(([\d.]+) to \1\)/.test(words))
        .length,
      0,
    );
    assert.deepEqual(
      requests.slice(asked).filter((url) => !url.startsWith("data:")),
      [],
    );
  });
});

test("a saved model is opened again, and refused where it does not fit", async () => {
  await withPage(async (page) => {
    await openOwn(page);
    await twoClasses(page);
    await train(page);
    await examined(page, 16);
    const said = () =>
      page.$$eval("#sheet li", (tiles) =>
        tiles.map(({ dataset }) => `${dataset.photo} ${dataset.predicted}`).sort(),
      );
    const before = await said();
    const model = await saved(page, "#save-model");
    const file = { name: model.name, mimeType: "application/octet-stream", buffer: model.bytes };

    await nameClass(page, 1, "wolf");
    await page.waitForFunction(() =>
      / “wolf” is called “mammal” in the model: train again/.test(
        document.querySelector("#model-hint").textContent,
      ),
    );
    const renamed = table((await saved(page, "#save-csv")).bytes);
    assert.deepEqual(
      new Set(renamed.map((line) => line.class)),
      new Set(["bird", "mammal"]),
      "classes as the model calls them",
    );
    assert.ok(renamed.every((line) => (line.class === line.predicted) === (line.correct === "true")));
    await page.setInputFiles("#model-file", file);
    await page.waitForSelector("#message:not([hidden])");
    assert.match(
      await message(page),
      /tells “bird” and “mammal” apart; “wolf” is none of them\. Rename or remove that class/,
    );
    await page.click("#message-close");
    await page.setInputFiles("#model-file", { ...file, buffer: Buffer.from("no model") });
    await page.waitForSelector("#message:not([hidden])");
    assert.match(await message(page), /^bird-or-mammal\.safetensors could not be opened as a model: /);
    await nameClass(page, 1, "mammal");
    await page.setInputFiles("#model-file", file);
    await page.waitForFunction(() => document.querySelector("#lesson-box").hidden);
    assert.equal(await message(page), "", "what was said of the other file is past");
    await examined(page, 16);
    assert.deepEqual(await said(), before);

    // on an empty page its classes are the page's
    await page.click("#clear");
    await page.click("#clear");
    await page.waitForFunction(() => document.querySelector(".card input").value === "");
    await page.setInputFiles("#model-file", file);
    await page.waitForFunction(() => document.querySelector(".card input").value === "bird");
    await page.click("#to-lab");
    await page.waitForURL(/\?model=own&layer=blocks\.14\.add$/);
  });
});

test("a tab that is closed in mid-training loses nothing, and clearing leaves nothing", async () => {
  await withPage(async (page) => {
    await openOwn(page);
    await twoClasses(page, 12);
    await page.click("#train");
    await page.waitForFunction(() =>
      /^Looking at photo ([4-9]|1\d) of 24/.test(document.querySelector("#training-text").textContent),
    );
    await page.close();

    let next = await page.context().newPage();
    await openOwn(next);
    await counted(next, ["12 photos", "12 photos"]);
    await next.waitForFunction(() => document.querySelector("#train-hint").textContent.includes("looked at"));
    const [, left] =
      /^(\d+) photos have to be looked at before the training can begin: about/.exec(
        await next.textContent("#train-hint"),
      ) ?? [];
    assert.ok(Number(left) < 24 && Number(left) > 0, `${left} photos are left`);
    await train(next);
    await examined(next, 24);
    await openPhoto(next);
    await drawBox(next, 0.2, 0.2, 0.8, 0.8);
    await next.click("#viewer-close");
    // of the box as it was when the hand let go; the viewer measures on the way, too
    await next.waitForFunction(() => document.querySelector("#sheet li").dataset.evidence !== "");
    const drawn = await next.getAttribute("#sheet li", "data-evidence");
    const verdict = await next.textContent("#verdict");
    await frames(next);
    await next.close();

    next = await page.context().newPage();
    await openOwn(next);
    await examined(next, 24);
    await next.waitForFunction(
      (verdict) => document.querySelector("#verdict").textContent === verdict,
      verdict,
    );
    await next.waitForFunction(() => document.querySelector("#sheet li").dataset.evidence !== "");
    assert.equal(
      Number(await next.getAttribute("#sheet li", "data-evidence")).toFixed(6),
      Number(drawn).toFixed(6),
    );
    assert.deepEqual(await kept(next), { findings: 24, looks: 24, masks: 1, photos: 24, state: 6 });

    await next.click("#clear");
    assert.match(await next.textContent("#clear"), /^Clear 24 photos/);
    await next.click("#clear");
    await next.waitForFunction(() => document.querySelectorAll(".photos li").length === 0);
    await next.waitForFunction(() =>
      document.querySelector("#kept").textContent.startsWith("Everything was cleared"),
    );
    assert.deepEqual(await kept(next), { findings: 0, looks: 0, masks: 0, photos: 0, state: 0 });
    await next.reload();
    await next.waitForSelector(".card");
    assert.equal(await next.locator(".photos li").count(), 0);
    assert.equal(await next.inputValue(".card input"), "");
  });
});

describe("what is wrong with photos is said by name, and costs nothing else", () => {
  const opened = onePage();
  let page;
  let one, two, three, four;
  before(() => ({ page } = opened));

  test("a class without photos, copies, and photos of another class are named", async () => {
    await openOwn(page);
    [one, two, three, four] = photosOf("bird", "water", 4);
    await nameClass(page, 0, "husky");
    await nameClass(page, 1, "wolf");
    assert.equal(await addPhotos(page, 0, [one, two]), "2 photos added.");
    await page.click("#train");
    assert.match(await message(page), /^Class “wolf” has no photos: add some\.$/);

    assert.match(
      await addPhotos(page, 0, [fileOf("again.jpg", bytesOf(one)), three]),
      /^1 photo added\. 1 duplicate left out: again\.jpg\.$/,
    );
    assert.match(
      await addPhotos(page, 1, [two, four]),
      new RegExp(
        `^1 photo added\\. ${basename(two)} is in husky already; a photo can be of one class, so it was left out of wolf\\.$`,
      ),
    );
  });

  test("files that are no photos are told from photos that cannot be read", async () => {
    const jpeg = bytesOf(new URL("../../www/samples/cat.jpg", import.meta.url));
    await addPhotos(page, 0, [
      fileOf("words.jpg", Buffer.from("\xFF\xD8\xFF no picture", "latin1")),
      fileOf("half.jpg", jpeg.subarray(0, 200)),
    ]);
    await page
      .locator('.card input[data-folder="false"]')
      .first()
      .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("words") });
    await page.waitForFunction(() =>
      /1 of plain text, which is no picture/.test(document.querySelector("#message-text").textContent),
    );
  });

  test("one photo in a class is enough to learn from, and those that cannot be read are left out", async () => {
    // one photo in a class is enough to learn from, and none is held out
    await train(page);
    await counted(page, [
      "5 photos · 2 to learn from, 1 held out · 2 unreadable",
      "1 photo · 1 to learn from, 0 held out",
    ]);
    assert.match(
      await page.locator("#lesson tbody tr").nth(1).textContent(),
      /none: one photo cannot be both/,
    );
    assert.match(
      await page.textContent("#training-text"),
      /^Trained in \S+ s\. 2 photos could not be read, and were left out: half\.jpg, words\.jpg\.$/,
    );
    const unreadable = await page.$$eval(".unreadable button", (all) => all.map(({ title }) => title));
    assert.equal(unreadable.length, 2);
    assert.match(
      unreadable.find((title) => title.startsWith("words.jpg")),
      /^words\.jpg: \p{Lu}.*\.$/u,
    );
    await examined(page, 4);
  });

  test("classes without photos, and two of one name, are not trained", async () => {
    await page.click("#add-class");
    await nameClass(page, 2, "logo");
    await page.click("#train");
    assert.match(await message(page), /^Class “logo” has no photos: add some, or remove it\.$/);
    await nameClass(page, 2, "wolf");
    await page.click("#train");
    assert.match(await message(page), /^Two classes are called “wolf”/);
  });

  test("a class goes with its photos after a second press", async () => {
    await page.locator(".card .remove").nth(2).click();
    assert.equal(await page.locator(".card").count(), 2);
    await page.locator(".card .remove").nth(1).click();
    assert.match(await page.locator(".card .remove").nth(1).textContent(), /Remove 1 photo too\?/);
    assert.equal(await page.locator(".photos li").count(), 6, "nothing is removed before the second press");
  });

  test("what could not be read is neither wrong nor unsure", async () => {
    // what could not be read is neither wrong nor unsure
    await page.check("#only-wrong");
    assert.equal(await page.locator("#sheet .inside", { hasText: "unreadable" }).count(), 0);
    await page.uncheck("#only-wrong");
    assert.equal(await page.locator("#sheet .inside", { hasText: "unreadable" }).count(), 2);
    await page.selectOption("#order", "doubt");
    assert.equal(await page.locator("#sheet li").count(), 4);
  });

  test("a class that goes and comes again is the one that the model knows", async () => {
    // a class that goes and comes again is the one that the model knows
    await page.locator(".card .remove").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll('.card input[type="text"]')[1].value === "");
    await nameClass(page, 1, "Wolf");
    await addPhotos(page, 1, [four]);
    await page.waitForFunction(() =>
      /^1 photo has to be examined before/.test(document.querySelector("#examining-text").textContent),
    );
    assert.doesNotMatch(await page.textContent("#examining-text"), /does not know/);
    await page.click("#examine");
    await examined(page, 4);
  });
});

test("what was left out is told by the names that were given, for as long as it holds", async () => {
  await withPage(async (page) => {
    await openOwn(page);
    const [one, two, three, four] = photosOf("bird", "water", 4);
    const notes = fileOf("notes.txt", Buffer.from("words"));
    const choose = (at, files) =>
      page.locator('.card input[data-folder="false"]').nth(at).setInputFiles(files);
    const says = (words) =>
      page.waitForFunction((words) => document.querySelector("#message-text").textContent === words, words);
    const left = "Left out: 1 of plain text, which is no picture (notes.txt).";
    await choose(0, [notes]);
    await says("There were no photos in that: left out: 1 of plain text, which is no picture (notes.txt).");
    assert.equal(await addPhotos(page, 0, [one, notes]), "1 photo added.");
    await says(left);
    assert.equal(await addPhotos(page, 0, [two]), "1 photo added.");
    await says("");

    await addPhotos(page, 1, [three, notes]);
    await says(left);
    await nameClass(page, 0, "bird");
    await page.click("#add-class");
    await page.locator(".card .remove").nth(2).click();
    await page.locator(".card").nth(2).waitFor({ state: "detached" });
    assert.equal(await message(page), left, "another class went");
    await page.locator(".card .remove").nth(1).click();
    await page.locator(".card .remove").nth(1).click();
    await says("");

    await addPhotos(page, 1, [four, notes]);
    await says(left);
    await page.click("#clear");
    await page.click("#clear");
    await says("");
    // of a class with a name, that is where it was left out
    await nameClass(page, 1, "wolf");
    await choose(1, [notes]);
    await says(
      "There were no photos in that: left out: 1 of plain text, which is no picture (wolf/notes.txt).",
    );
  });
});

describe("folders are classes, and the folders in them groups", () => {
  const folder = mkdtempSync(join(tmpdir(), "candling-own-"));
  before(() => {
    for (const [animal, background] of [
      ["bird", "water"],
      ["bird", "grass"],
      ["mammal", "grass"],
    ]) {
      const inside = join(folder, animal, background);
      mkdirSync(inside, { recursive: true });
      for (const path of photosOf(animal, background, 3)) cpSync(path, join(inside, basename(path)));
    }
    mkdirSync(join(folder, ".hidden"));
    cpSync(photosOf("mammal", "water", 1)[0], join(folder, ".hidden", "photo.webp"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const opened = onePage();
  let page;
  let rows, loose;
  before(() => ({ page } = opened));

  test("a folder of folders becomes classes, and what is hidden in it is said", async () => {
    await openOwn(page);
    await page.setInputFiles("#folders", folder);
    assert.equal(await added(page), "9 photos added.");
    assert.equal(await message(page), "Left out: 1 hidden (.hidden).");
    await page.click("#message-close");
    assert.deepEqual(
      await page.$$eval('.card input[type="text"]', (fields) => fields.map(({ value }) => value)),
      ["bird", "mammal"],
    );
  });

  test("classes and groups have lines of their own, and the sheet shows one group", async () => {
    await train(page);
    await examined(page, 9);
    rows = await page.$$eval("#summary tbody tr", (rows) =>
      rows.map((row) => [row.children[0].textContent, row.children[1].textContent]),
    );
    assert.deepEqual(rows, [
      ["all photos", "9"],
      ["bird", "6"],
      ["grass", "3"],
      ["water", "3"],
      ["mammal", "3"],
      ["grass", "3"],
    ]);
    await page.selectOption("#only-group", "water");
    assert.equal(await page.locator("#sheet li").count(), 3);
  });

  test("in a folder like it masks are matched to their photos", async () => {
    // and in a folder like it masks, of which one covers its photo
    const [first, second] = photosOf("bird", "water", 2).map((path) => basename(path, ".webp"));
    for (const [name, value] of [
      [first, 255],
      [second, 0],
    ]) {
      const inside = join(folder, "masks", "bird", "water");
      mkdirSync(inside, { recursive: true });
      const mask = new PNG({ width: 300, height: 300 });
      mask.data.fill(value);
      writeFileSync(join(inside, `${name}.png`), PNG.sync.write(mask));
    }
    await page.setInputFiles("#masks-file", join(folder, "masks"));
    await page.waitForFunction(() => document.querySelector("#sheet li").dataset.evidence === "1");
    assert.equal(
      await page.textContent("#regions-hint"),
      `“object”: masks: 1 of 9 photos has one (white is inside); 1 has nothing inside and is none: bird/water/${second}.webp.`,
    );
    assert.equal(await message(page), "", "good news is no complaint");
    assert.deepEqual(
      await page.$$eval("#sheet li", (tiles) => tiles.map(({ dataset }) => dataset.evidence)),
      ["1", "", ""],
    );
    rmSync(join(folder, "masks"), { recursive: true });
  });

  test("what lies in none of the groups of a class that has some is counted too", async () => {
    // what lies in none of the groups of a class that has some is counted too, as the command counts it
    [, , , loose] = photosOf("bird", "water", 4);
    await addPhotos(page, 0, [loose]);
    await page.selectOption("#only-group", "");
    await page.click("#examine");
    await examined(page, 10);
    const lines = await page.$$eval("#summary tbody tr", (rows) =>
      rows.map((row) => [row.className, row.children[0].textContent, row.children[1].textContent]),
    );
    assert.deepEqual(lines.slice(1), [
      ["", "bird", "7"],
      ["group", "grass", "3"],
      ["group", "water", "3"],
      ["group", "(no group)", "1"],
      ["", "mammal", "3"],
      ["group", "grass", "3"],
    ]);
  });

  test("page, report and command count it alike", async () => {
    const report = (await saved(page, "#save-report")).bytes.toString();
    assert.match(report, /<tr class="group"><th scope="row" dir="auto">\(no group\)<\/th><td>1<\/td>/);
    const { path: model } = await saved(page, "#save-model");
    cpSync(loose, join(folder, "bird", basename(loose)));
    const audit = (...more) =>
      execFileSync(command, ["audit", folder, "--model", model, ...more], { encoding: "utf8" });
    const counts = ({ summary }) => summary.map((line) => [line.class, line.group, line.photos]);
    const here = counts(JSON.parse((await saved(page, "#save-json")).bytes));
    assert.deepEqual(here, counts(JSON.parse(audit("--json"))));
    assert.deepEqual(here[4], ["bird", "", 1], "null is the class as a whole");
    assert.match(audit(), /\n {4}\(no group\): 1 photo, /);
    rmSync(join(folder, "bird", basename(loose)));
  });

  test("folders may be dropped: anywhere, or onto a class", () =>
    withPage(async (page) => {
      await openOwn(page);
      await drop(page, "#training-title", [join(folder, "bird"), join(folder, "mammal")]);
      assert.equal(await added(page), "9 photos added.", "folders dropped anywhere");
      assert.deepEqual(
        await page.$$eval('.card input[type="text"]', (fields) => fields.map(({ value }) => value)),
        ["bird", "mammal"],
      );
      await page.$eval("#adding-text", (text) => (text.textContent = ""));
      await page.click("#add-class");
      await drop(page, ".card:last-child .empty", [folder]);
      assert.match(
        await added(page),
        /^0 photos added\. 9 photos are in another class already/,
        "a folder dropped onto a class",
      );
      await drop(page, "#training-title", photosOf("bird", "water", 1));
      await page.waitForSelector("#message:not([hidden])");
      assert.match(await message(page), /^Drop photos onto one of the classes/);
    }));
});

describe("without photos at hand: the lesson's, and regions that can be marked, undone, renamed and removed before there is a model", () => {
  const opened = onePage();
  let page;
  before(() => ({ page } = opened));
  const fields = () => page.$$eval(".box-fields input", (all) => all.map(({ value }) => value).join(" "));
  // other names, fewer, and no more than eight
  const regions = () => page.locator("#regions button").allTextContents();

  test("the lesson's photos are two classes, with the animals marked", async () => {
    await openOwn(page);
    await page.focus("#example");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() =>
      document.querySelector("#regions-hint").textContent.startsWith("Where the animal is"),
    );
    await counted(page, ["20 photos", "20 photos"]);
    assert.equal(await page.textContent("#adding-text"), "40 photos added.");
    assert.deepEqual(
      await page.$$eval('.card input[type="text"]', (fields) => fields.map(({ value }) => value)),
      ["bird", "mammal"],
    );
    assert.ok(await page.isHidden("#example"));
    assert.equal(await page.evaluate(() => document.activeElement.id), "adding-text");
    assert.equal((await kept(page)).masks, 40);
  });

  test("dragged text is a field's own", async () => {
    // dragged text is a field's own
    const taken = await page
      .locator('.card input[type="text"]')
      .first()
      .evaluate((field) => {
        const transfer = new DataTransfer();
        transfer.setData("text/plain", "words");
        return !field.dispatchEvent(
          new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
      });
    assert.equal(taken, false);
    assert.equal(await message(page), "");
  });

  test("a region is drawn as a box, whose numbers are true", async () => {
    // another region, by box: a tap draws nothing, numbers are true, and every change can be undone
    await page.fill("#region-name", "face");
    await page.keyboard.press("Enter");
    await page.locator(".photos button").first().click();
    await page.waitForFunction(
      () => document.querySelector("#region-hint").textContent === "Nothing is marked here yet.",
    );
    assert.ok(await page.isDisabled("#region-undo"));
    await drawBox(page, 0.25, 0.25, 0.25, 0.25);
    assert.equal(await fields(), "   ");
    assert.equal(await page.textContent("#region-hint"), "Nothing is marked here yet.");
    await drawBox(page, 0.25, 0.5, 0.75, 1);
    assert.equal(await fields(), "25 50 50 50");
    await drawBox(page, 0.5, 0.6, 0.504, 0.9);
    assert.equal(await fields(), "25 50 50 50", "a tap, or nearly, changes nothing");
    await page.fill("#box-x", "80");
    await page.keyboard.press("Enter");
    await page.fill("#box-width", "60");
    await page.keyboard.press("Enter");
    assert.equal(await fields(), "80 50 20 50", "the field that is typed in tells the truth too");
    await page.fill("#box-height", "0");
    await page.keyboard.press("Enter");
    assert.equal(await fields(), "80 50 20 50", "a box without height is none");
  });

  test("a mark for a class, and one for all, can be undone and cleared", async () => {
    await page.click("#region-class");
    assert.match(await page.textContent("#region-hint"), /19 other photos/);
    await page.click("#region-undo");
    assert.equal((await kept(page)).masks, 41);
    await page.click("#next");
    await page.waitForFunction(
      () => document.querySelector("#region-hint").textContent === "Nothing is marked here yet.",
      null,
      { polling: 20 },
    );
    await page.click("#previous");
    await page.waitForFunction(() => document.querySelector("#box-x").value === "80");
    await page.click("#region-all");
    await page.click("#next");
    await page.waitForFunction(() =>
      document.querySelector("#region-hint").textContent.startsWith("The same place as in others"),
    );
    await page.click("#region-clear");
    assert.match(await page.textContent("#region-hint"), /“Clear it everywhere” removes it from all/);
    await page.click("#region-clear-all");
    assert.equal(await page.textContent("#region-hint"), "“face” is marked in no photo now; it was in 40.");
    assert.equal(await fields(), "   ");
    await page.click("#region-undo");
    assert.equal(await fields(), "80 50 20 50");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Redo", "the keyboard stays");
  });

  test("a photo that goes makes room for the next", async () => {
    // a photo that goes makes room for the next
    const [, second, third] = await page.$$eval(".card:first-child .photos button", (all) =>
      all.map(({ title }) => title),
    );
    assert.equal(await page.textContent("#viewer-title"), second);
    await page.click("#remove-photo");
    assert.equal(
      await page.textContent("#viewer-said"),
      "Remove it from the session?",
      "said where it is heard",
    );
    await page.click("#remove-photo");
    await page.waitForFunction((name) => document.querySelector("#viewer-title").textContent === name, third);
    assert.equal(await page.evaluate(() => document.activeElement.id), "remove-photo");
    await page.click("#viewer-close");
  });

  test("regions are renamed, and none twice by one name", async () => {
    await page.click("#region-rename");
    await page.keyboard.type("object");
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent("#regions-hint"), "There is a region “object” already.");
    await page.fill("#region-name", "beak");
    await page.keyboard.press("Enter");
    assert.deepEqual(await regions(), ["object", "beak"]);
    assert.equal(await page.evaluate(() => document.activeElement.id), "region-rename");
  });

  test("there are eight regions at most, and one that goes takes its marks along", async () => {
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      await page.fill("#region-name", name);
      await page.keyboard.press("Enter");
    }
    assert.deepEqual(await regions(), ["object", "beak", "a", "b", "c", "d", "e", "f"]);
    assert.match(await page.textContent("#regions-hint"), /^Eight regions are as many as there can be/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "region-name");
    await page.locator("#regions button", { hasText: "beak" }).click();
    await page.click("#region-remove");
    assert.equal(await page.textContent("#region-remove"), "Remove “beak” from 39 photos?");
    await page.click("#region-remove");
    assert.deepEqual(await regions(), ["object", "a", "b", "c", "d", "e", "f"]);
    assert.equal((await kept(page)).masks, 39);
  });
});

describe("5,000 photos at once: all are listed, the page stays awake, and Stop keeps what there is", () => {
  const opened = onePage();
  let page;
  let first;
  before(() => ({ page } = opened));

  test("Stop keeps what there is", async () => {
    await openOwn(page);
    await nameClass(page, 0, "many");
    await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
      const pencil = canvas.getContext("2d");
      pencil.fillRect(0, 0, 4, 4);
      const picture = new Uint8Array(
        await (await new Promise((resolve) => canvas.toBlob(resolve))).arrayBuffer(),
      );
      // what follows the end of a PNG is passed over, and makes each another file
      const files = Array.from(
        { length: 5000 },
        (_, at) => new File([picture, String(at)], `photo-${at}.png`, { type: "image/png" }),
      );
      const dataTransfer = new DataTransfer();
      for (const file of files) dataTransfer.items.add(file);
      window.drop = () =>
        document
          .querySelector(".card")
          .dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      const [text, stop] = [document.querySelector("#adding-text"), document.querySelector("#adding-stop")];
      const early = new MutationObserver(() => {
        if (!/^Adding photos: \d{3}/.test(text.textContent)) return;
        early.disconnect();
        stop.click();
      });
      early.observe(text, { childList: true });
      window.drop();
    });
    const [, stopped] =
      /^Stopped: ([\d,]+) photos of 5,000 added; they stay\.$/.exec(await added(page)) ?? [];
    first = Number(stopped.replace(",", ""));
    assert.ok(first > 0 && first < 5000, `${first} were added before it was stopped`);
    assert.equal((await kept(page)).photos, first);
  });

  test("the page stays awake while the rest is added", async () => {
    let words;
    const longest = await longestTask(page, async () => {
      await page.evaluate(() => {
        document.querySelector("#adding-text").textContent = "";
        window.drop();
      });
      words = await added(page);
      await counted(page, ["5,000 photos", "No photos yet"]);
    });
    assert.ok(longest <= 200, `a task of ${longest} ms`);
    assert.equal(
      words,
      `${(5000 - first).toLocaleString("en-GB")} photos added. ${first.toLocaleString("en-GB")} duplicates left out: photo-0.png, photo-1.png, photo-10.png and ${(first - 3).toLocaleString("en-GB")} more.`,
    );
    assert.equal((await kept(page)).photos, 5000);
  });

  test("some are shown, and more where they are asked for", async () => {
    assert.equal(await page.locator(".card .photos li").count(), 24);
    assert.equal(await page.textContent(".card .more"), "and 4,976 more");
    await page.click(".card .more");
    assert.equal(await page.locator(".card .photos li").count(), 144);
  });

  test("how long looking takes is said, and cancelling keeps what was looked at", async () => {
    await nameClass(page, 1, "few");
    await addPhotos(page, 1, photosOf("bird", "water", 1));
    await page.click("#train");
    await page.waitForFunction(() =>
      /^[\d,]+ photos have to be looked at before the training can begin: about \d+ (s|min) on this device\.$/.test(
        document.querySelector("#train-hint").textContent,
      ),
    );
    await page.click("#training-stop");
    await page.waitForFunction(() =>
      /^Cancelled\. What was looked at so far is kept/.test(
        document.querySelector("#training-text").textContent,
      ),
    );
    assert.ok((await kept(page)).looks > 0);
  });

  test("clearing in the middle of it leaves no word of it", async () => {
    // clearing in the middle of it leaves no word of it
    await page.click("#train");
    await page.waitForFunction(() =>
      /^Looking at photo/.test(document.querySelector("#training-text").textContent),
    );
    await page.click("#clear");
    await page.click("#clear");
    await page.waitForFunction(() =>
      document.querySelector("#kept").textContent.startsWith("Everything was cleared"),
    );
    await frames(page);
    assert.equal(await page.textContent("#training-text"), "");
    assert.equal(await page.textContent("#adding-text"), "");
    assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), "Name of class 1");
    assert.ok(await page.isHidden("#training-stop"));
  });
});

test("where nothing can be kept, no more, or another tab has it, that is said and the page works", async () => {
  await withPage(async (page) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("no", "SecurityError");
      };
    });
    await openOwn(page);
    assert.match(await message(page), /lives only in this tab/);
    await twoClasses(page, 4);
    await train(page);
    await examined(page, 8);
    assert.match(await page.textContent("#kept"), /in this tab only/);
  });
  await withPage(async (page) => {
    await openOwn(page);
    await addPhotos(page, 0, photosOf("bird", "water", 2));
    await page.evaluate(() => {
      window.put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
    });
    await twoClasses(page, 4);
    assert.equal(
      await message(page),
      "This browser keeps no more: what comes from here on lives only in this tab.",
    );
    await train(page);
    await examined(page, 8);
    assert.equal((await kept(page)).photos, 2);
    await page.evaluate(() => (IDBObjectStore.prototype.put = window.put));
    await page.click("#clear");
    await page.click("#clear");
    await page.waitForFunction(() =>
      document.querySelector("#kept").textContent.startsWith("Everything was cleared"),
    );
    assert.equal(await message(page), "", "there is room again");
    assert.deepEqual(await kept(page), { findings: 0, looks: 0, masks: 0, photos: 0, state: 0 });
  });
  await withPage(async (page) => {
    await openOwn(page);
    await twoClasses(page, 4);
    const other = await page.context().newPage();
    await openOwn(other);
    assert.match(await message(other), /open in another tab/);
    assert.equal(await other.locator(".photos li").count(), 0);
    await nameClass(other, 0, "something else");
    await page.reload();
    await page.waitForSelector(".photos li");
    assert.equal(await page.inputValue(".card input"), "bird");
  });
});

for (const [colorScheme, width] of [
  ["dark", 1280],
  ["light", 390],
]) {
  test(`axe finds nothing wrong, ${colorScheme}, at ${width} px`, async (t) => {
    await withPage(
      async (page) => {
        await openOwn(page);
        await twoClasses(page, 4);
        await train(page);
        await examined(page, 8);
        await frames(page);
        const passes = await judge(page, t);
        assert.ok(passes.length >= LEAST_PASSES, `${passes.length} rules passed`);
        await openPhoto(page);
        await drawBox(page, 0.2, 0.2, 0.8, 0.8);
        await share(page);
        await judge(page, t);
        assert.ok(
          await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
          "nothing sticks out",
        );
        const viewer = await page.$eval("#viewer", (dialog) => [
          dialog.scrollWidth - dialog.clientWidth,
          getComputedStyle(dialog).overflowX,
        ]);
        assert.deepEqual(
          viewer,
          [0, "hidden"],
          "nor out of the dialog, where WebKit scrolls by the ends of choices that no other browser counts",
        );
      },
      { colorScheme, viewport: { width, height: 900 } },
    );
  });
}

test("what photos were read in spite of is counted with names, and stands beside each", async () => {
  await withPage(async (page) => {
    await openOwn(page);
    const whole = bytesOf(new URL("../photos/odd/size_4000x3000.jpg", import.meta.url));
    await nameClass(page, 0, "bird");
    await nameClass(page, 1, "mammal");
    await addPhotos(page, 0, [
      ...photosOf("bird", "water", 2),
      fileOf("cut.jpg", whole.subarray(0, Math.round(0.88 * whole.length))),
    ]);
    await addPhotos(page, 1, photosOf("mammal", "grass", 2));
    await train(page);
    const counted = "1 photo was read with a warning, which stands beside the opened photo: cut.jpg.";
    assert.ok((await page.textContent("#training-text")).endsWith(` ${counted}`));
    await examined(page, 5);
    assert.ok((await page.textContent("#examining-text")).includes(counted));
    assert.match(await page.locator(".card .count").first().textContent(), / · 1 read with a warning$/);
    const said = /The file is cut short or damaged: \d+ % of the picture is missing, and grey here\./;
    const tile = page.locator('.card [aria-label^="cut.jpg"]');
    assert.match(await tile.getAttribute("title"), said);
    await tile.click();
    await page.waitForFunction(() => /missing/.test(document.querySelector("#viewer-status").textContent));
    assert.match(await page.textContent("#viewer-status"), said);
  });
});
