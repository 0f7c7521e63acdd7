/** Helpers for the page of own pictures, as a visitor uses it. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { disableTimeouts } from "./gpu.mjs";

const images = fileURLToPath(new URL("../../photos/bias/images/", import.meta.url));

/** Paths of `count` of the lesson's photos of a class: "bird" or "mammal", on "water" or "grass". */
export function photosOf(animal, background, count) {
  const names = readdirSync(images).filter(
    (name) => name.startsWith("train") && name.includes(animal) && name.includes(background),
  );
  return names.slice(0, count).map((name) => images + name);
}

/** A file that is not on disk, for Playwright. */
export function fileOf(name, buffer) {
  return { name, mimeType: "image/jpeg", buffer };
}

export function bytesOf(path) {
  return readFileSync(path);
}

export async function openOwn(page) {
  // a button that asks whether it is meant waits for the answer
  await page.addInitScript(disableTimeouts);
  await page.goto("/own.html");
  await page.waitForSelector(".card");
}

/** Names a class, by its place. */
export function nameClass(page, at, name) {
  return page.locator('.card input[type="text"]').nth(at).fill(name);
}

/** Adds photos, by their paths or as files, to a class, by its place, and waits for the words about it. */
export async function addPhotos(page, at, files) {
  await page.$eval("#adding-text", (text) => (text.textContent = ""));
  const inMemory = files.map((file) =>
    typeof file === "string" ? fileOf(basename(file), bytesOf(file)) : file,
  );
  await page.locator('.card input[data-folder="false"]').nth(at).setInputFiles(inMemory);
  return added(page);
}

/** The words about what was added, once there are. */
export async function added(page) {
  await page.waitForFunction(
    () =>
      document.querySelector("#adding-stop").hidden &&
      document.querySelector("#adding-text").textContent !== "",
  );
  return page.textContent("#adding-text");
}

/** Two classes of the lesson. */
export async function twoClasses(page, count = 8) {
  await nameClass(page, 0, "bird");
  await nameClass(page, 1, "mammal");
  await addPhotos(page, 0, photosOf("bird", "water", count));
  await addPhotos(page, 1, photosOf("mammal", "grass", count));
}

/** Trains, and returns how long that took by the page's clock. */
export async function train(page) {
  const milliseconds = await page.evaluate(async () => {
    const [button, text] = [document.querySelector("#train"), document.querySelector("#training-text")];
    // it is pressed again when all is done
    const done = new Promise((resolve) =>
      new MutationObserver(() => button.disabled || resolve()).observe(button, {
        attributeFilter: ["disabled"],
      }),
    );
    const start = performance.now();
    button.click();
    await done;
    if (!text.textContent.startsWith("Trained"))
      throw new Error(text.textContent + document.querySelector("#message-text").textContent);
    return performance.now() - start;
  });
  await page.waitForFunction(() =>
    document.querySelector("#verdict").textContent.includes("right, of those it learnt from"),
  );
  return milliseconds;
}

/**
 * Waits until the cards show these texts on their photos, class by class. They follow changes after a moment.
 */
export async function counted(page, words) {
  await page.waitForFunction(
    (words) =>
      [...document.querySelectorAll(".card .count")].map(({ textContent }) => textContent).join() === words,
    words.join(),
  );
}

/** Waits until every photo was examined, and sheet and summary show it. */
export async function examined(page, photos) {
  await page.waitForFunction((photos) => {
    const [said, counted] = ["#examining-text", "#summary tbody td"].map(
      (place) => document.querySelector(place)?.textContent,
    );
    const tiles = document.querySelectorAll("#sheet li").length;
    return said.startsWith(`${photos} photo`) && counted === String(photos) && tiles >= Math.min(photos, 60);
  }, photos);
}

/** Opens a photo of the sheet, by its place, and waits for its map. */
export async function openPhoto(page, at = 0) {
  await page.$eval("#picture", ({ dataset }) => delete dataset.map);
  await page.locator("#sheet button").nth(at).click();
  await page.waitForFunction(() => document.querySelector("#picture").dataset.map !== undefined);
}

/** Draws a box with the mouse, in shares of the photo. */
export async function drawBox(page, left, top, right, bottom) {
  const { x, y, width, height } = await page.locator("#pane").boundingBox();
  await page.mouse.move(x + left * width, y + top * height);
  await page.mouse.down();
  await page.mouse.move(x + ((left + right) / 2) * width, y + ((top + bottom) / 2) * height);
  await page.mouse.move(x + right * width, y + bottom * height);
  await page.mouse.up();
}

/** The share that the photo that is open has inside, once it is another than `before`. */
export async function share(page, before) {
  await page.waitForFunction((before) => {
    const { share } = document.querySelector("#share").dataset;
    return share !== undefined && share !== "" && share !== before;
  }, before);
  return page.$eval("#share", ({ dataset }) => dataset.share);
}

/** Presses a button and gives what it saves: its name and its bytes. */
export async function saved(page, selector) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
  return {
    name: download.suggestedFilename(),
    path: await download.path(),
    bytes: readFileSync(await download.path()),
  };
}

/** The number of stored records, by store. */
export function kept(page) {
  return page.evaluate(async () => {
    const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("candling-own"));
    const db = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const counts = {};
    for (const store of db.objectStoreNames) {
      counts[store] = await new Promise((resolve) => {
        db.transaction(store).objectStore(store).count().onsuccess = ({ target }) => resolve(target.result);
      });
    }
    db.close();
    return counts;
  });
}
