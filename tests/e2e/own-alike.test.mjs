/**
 * An odd folder has the same result on the page and in the command: what counts, what is left out and why,
 * and the masks of each photo.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { command } from "./support/native.mjs";
import { added, counted, examined, openOwn, photosOf, saved, train } from "./support/own.mjs";
import { PNG, stage } from "./support/stage.mjs";

const { onePage, withPage } = stage();

const [A, B, C] = photosOf("bird", "water", 3);
const [D, E, F] = photosOf("mammal", "grass", 3);

/** Its files, and the photos in them; others hold what is written here. */
const FILES = {
  "bird/a.webp": A,
  "bird/b.webp": B,
  "bird/both.webp": F,
  "bird/both again.webp": F,
  "bird/empty.jpg": "",
  "bird/.hidden.webp": C,
  "bird/notes.txt": "words",
  "bird/sea/a copy.webp": A,
  "bird/sea/c.webp": C,
  "mammal/Thumbs.db": "system",
  "mammal/d.webp": D,
  "mammal/e.webp": E,
  "mammal/Both.webp": F,
};

/** Masks by path: one for a copy, one for a photo itself, one for none, two for one photo. */
const MASKS = [
  "bird/sea/a copy.png",
  "mammal/d_mask.png",
  "mammal/nobody.png",
  "bird/b.png",
  "bird/b_mask.png",
];

function write(root, name, content) {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  if ([A, B, C, D, E, F].includes(content)) cpSync(content, path);
  else writeFileSync(path, content);
}

function white(height = 30) {
  const mask = new PNG({ width: 30, height });
  mask.data.fill(255);
  return PNG.sync.write(mask);
}

/** The lines on the basis of the numbers that do not name the model or the place. */
function said(lines) {
  return lines.filter((line) => /^(left out|photos|masks|of |in the folder)/.test(line)).sort();
}

describe("a folder with copies, a photo in two classes, masks of copies and odd files: the page's report is the command's", () => {
  const root = mkdtempSync(join(tmpdir(), "candling-alike-"));
  const [photos, masks, file] = ["photos", "masks", "model.safetensors"].map((name) => join(root, name));
  before(() => {
    for (const [name, content] of Object.entries(FILES)) write(photos, name, content);
    for (const name of MASKS) write(masks, name, white());
  });
  after(() => rmSync(root, { recursive: true }));
  const opened = onePage();
  let page;
  let here, basis, there;
  before(() => ({ page } = opened));
  const audit = ["audit", photos, "--masks", masks, "--model", file, "--fit", "squash"];
  const run = (...more) =>
    execFileSync(command, [...audit, ...more], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });

  test("what was added and what was left out is said", async () => {
    await openOwn(page);
    await page.setInputFiles("#folders", photos);
    const words = await added(page);
    assert.equal(
      words,
      "5 photos added. 1 duplicate left out: a copy.webp. Left out, as the same photo is in several classes and it is not known which of these it shows: " +
        "bird/both again.webp, bird/both.webp, mammal/Both.webp.",
    );
    await counted(page, ["3 photos", "2 photos"]);
    await train(page);
    await examined(page, 5);
  });

  test("masks are matched to their photos", async () => {
    await page.setInputFiles("#masks-file", masks);
    await page.waitForFunction(() =>
      /2 of 5 photos have one/.test(document.querySelector("#regions-hint").textContent),
    );
    const model = await saved(page, "#save-model");
    writeFileSync(file, model.bytes);
    here = JSON.parse((await saved(page, "#save-json")).bytes);
    basis = await page.$$eval("#basis li", (lines) => lines.map(({ textContent }) => textContent));
  });

  test("copies and photos in two classes are left out by both, for the same reasons", async () => {
    there = JSON.parse(run("--json"));
    assert.deepEqual(here.left_out, there.left_out);
    assert.deepEqual(
      there.left_out.filter(({ code }) => code === "copy"),
      [{ file: "bird/sea/a copy.webp", code: "copy", why: "the same photo as bird/a.webp" }],
    );
    assert.deepEqual(
      there.left_out.filter(({ code }) => code === "in-two-classes").map(({ file, why }) => [file, why]),
      [
        ["bird/both again.webp", "mammal/Both.webp"],
        ["bird/both.webp", "mammal/Both.webp"],
        ["mammal/Both.webp", "bird/both again.webp, bird/both.webp"],
      ].map(([path, others]) => [
        path,
        `the same photo as ${others}, in another class: which of these it shows is not known`,
      ]),
    );
  });

  test("both count the same photos and masks", async () => {
    assert.equal(there.photos.found, 5);
    assert.equal(there.masks.marked, 2);
    assert.deepEqual(there.masks.unused, ["mammal/nobody.png"]);
    const counts = ({ summary }) =>
      summary.map(({ class: of, group, photos, accuracy, evidence }) => [
        of,
        group,
        photos,
        accuracy?.count,
        evidence?.count,
      ]);
    assert.deepEqual(counts(here), counts(there));
  });

  test("both say the same of what the numbers stand on", async () => {
    assert.ok(basis.includes("of bird/b.webp it has 2 masks: bird/b.png, bird/b_mask.png"), basis.join("\n"));
    assert.deepEqual(said(basis), said(run().split("\n")));
  });

  test("a photo that has no mask in a folder chosen later keeps the one it has", async () => {
    // of a photo that has none in a folder that is chosen later, it is said that it keeps the one it has
    rmSync(join(masks, "mammal"), { recursive: true });
    await page.setInputFiles("#masks-file", masks);
    await page.waitForFunction(() =>
      /1 photo with none in this folder kept the mask from before\./.test(
        document.querySelector("#regions-hint").textContent,
      ),
    );
  });

  test("a photo is no mask of its own, in whatever folder it is", async () => {
    // a photo is no mask of its own, in whatever folder it is
    write(root, "copy/photos/bird/a.webp", A);
    await page.setInputFiles("#masks-file", join(root, "copy"));
    await page.waitForFunction(() =>
      / The photos themselves, which are in it, are no masks\.$/.test(
        document.querySelector("#message-text").textContent,
      ),
    );
  });

  test("it is learnt from the same photos, too", async () => {
    // it is learnt from the same photos, too
    const learnt = JSON.parse(
      execFileSync(command, ["train", photos, "-o", join(root, "b.safetensors"), "--json"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
    assert.deepEqual(learnt.skipped, there.left_out);
    assert.equal(learnt.photos, 5);
  });
});

test("a folder that is dropped again, and a photo that is added to another class later", async () => {
  const root = mkdtempSync(join(tmpdir(), "candling-again-"));
  for (const [name, content] of Object.entries(FILES)) write(root, name, content);
  try {
    await withPage(async (page) => {
      await openOwn(page);
      await page.setInputFiles("#folders", root);
      await added(page);
      const words = async () => {
        await page.$eval("#adding-text", (text) => (text.textContent = ""));
        await page.setInputFiles("#folders", root);
        return added(page);
      };
      assert.match(
        await words(),
        /^0 photos added\. 6 duplicates left out: .* Left out, as the same photo is in several classes/,
      );
      await counted(page, ["3 photos", "2 photos"]);

      // whoever says which class it is, is believed, and the report no longer says that it was left out
      await page.$eval("#adding-text", (text) => (text.textContent = ""));
      await page
        .locator('.card input[data-folder="false"]')
        .first()
        .setInputFiles(join(root, "bird/both.webp"));
      assert.equal(await added(page), "1 photo added.");
      await train(page);
      await examined(page, 6);
      const paths = JSON.parse((await saved(page, "#save-json")).bytes).left_out.map(({ file }) => file);
      assert.ok(!paths.includes("bird/both.webp") && paths.includes("bird/both again.webp"), paths.join());
      await page.reload();
      await examined(page, 6);
      assert.deepEqual(
        JSON.parse((await saved(page, "#save-json")).bytes).left_out.map(({ file }) => file),
        paths,
        "kept",
      );

      // what lay in a class that is gone is no part of the report
      await page.locator(".card .remove").nth(1).click();
      await page.locator(".card .remove").nth(1).click();
      await page.waitForFunction(
        () => document.querySelectorAll(".card input[type='text']")[1]?.value === "",
      );
      const left = JSON.parse((await saved(page, "#save-json")).bytes).left_out.map(({ file }) => file);
      assert.deepEqual(
        left,
        paths.filter((path) => path.startsWith("bird/")),
      );
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("photos of a class beyond the sixth, and those that cannot be read, are left out by name in the report too", async () => {
  const root = mkdtempSync(join(tmpdir(), "candling-beyond-"));
  const photos = photosOf("bird", "grass", 8);
  photos.slice(0, 7).forEach((photo, at) => {
    mkdirSync(join(root, `${at}`));
    cpSync(photo, join(root, `${at}`, "a.webp"));
  });
  cpSync(photos[7], join(root, "0", "gone.webp"));
  try {
    await withPage(async (page) => {
      // as of a file that went while it was being added
      await page.addInitScript(() => {
        const { arrayBuffer } = File.prototype;
        File.prototype.arrayBuffer = function () {
          return this.name === "gone.webp" ? Promise.reject(new Error("gone")) : arrayBuffer.call(this);
        };
      });
      await openOwn(page);
      await page.setInputFiles("#folders", root);
      assert.equal(await added(page), "6 photos added. 1 file could not be read from the disk: gone.webp.");
      await train(page);
      await examined(page, 6);
      const { left_out: left, stands_on: lines } = JSON.parse((await saved(page, "#save-json")).bytes);
      assert.deepEqual(left, [
        { file: "0/gone.webp", code: "unreadable", why: "could not be read" },
        { file: "6/a.webp", code: "class-beyond", why: "in a class beyond the six that there can be here" },
      ]);
      assert.equal(lines[0], "photos: 6 found, 6 looked at; 2 left out besides");

      // a photo whose mask does not fit it is not looked at, nor shown among those that were
      write(root, "masks/0/a.png", white(10));
      await page.setInputFiles("#masks-file", join(root, "masks"));
      await page.waitForFunction(() =>
        /of 6 photos/.test(document.querySelector("#regions-hint").textContent),
      );
      const report = (await saved(page, "#save-report")).bytes.toString();
      assert.match(report, /photos: 6 found, 5 looked at, 1 could not be looked at; 2 left out besides/);
      assert.match(report, /<p>All 5 photos, /);
      assert.equal(report.match(/<figure>/g).length, 5);
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});
