/** The page of own pictures in browsers that store less than others: bytes but no blobs, or nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, openOwn, train, twoClasses } from "./support/own.mjs";
import { message, stage } from "./support/stage.mjs";

const { withPage } = stage();

/** Simulates WebKit's private windows, in which a record with a blob anywhere in it is refused. */
function refuseBlobs() {
  const hasBlob = (value) =>
    value instanceof Blob ||
    (typeof value === "object" &&
      value !== null &&
      !ArrayBuffer.isView(value) &&
      Object.values(value).some(hasBlob));
  for (const name of ["put", "add"]) {
    const plain = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (value, ...key) {
      if (hasBlob(value)) throw new DOMException("blobs cannot be stored", "DataCloneError");
      return plain.call(this, value, ...key);
    };
  }
}

/** Whether the model is kept: reading a blob's bytes takes a moment, in which a reload would lose it. */
async function keepsModel() {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("candling-own"));
  const asked = (request) =>
    new Promise((resolve, reject) =>
      Object.assign(request, {
        onsuccess: () => resolve(request.result),
        onerror: () => reject(request.error),
      }),
    );
  const db = await asked(indexedDB.open(name));
  try {
    return (await asked(db.transaction("state").objectStore("state").getAllKeys())).includes("model");
  } finally {
    db.close();
  }
}

test("a browser that keeps no blobs keeps photos and model as bytes", async () => {
  await withPage(async (page) => {
    await page.addInitScript(refuseBlobs);
    await openOwn(page);
    await twoClasses(page, 4);
    await train(page);
    assert.equal(await message(page), "");
    await page.waitForFunction(() =>
      document.querySelector("#kept").textContent.includes("kept in this browser"),
    );
    await page.waitForFunction(keepsModel);
    await page.reload();
    await page.waitForSelector('#own[aria-busy="false"]');
    await counted(page, Array(2).fill("4 photos · 3 to learn from, 1 held out"));
    assert.equal(await message(page), "");
    await page.waitForFunction(() =>
      document.querySelector("#verdict").textContent.includes("right, of those it learnt from"),
    );
    // pictures are pictures again, and are looked at by the model that was kept
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".card canvas")].some(({ width }) => width > 1),
    );
    // cleared is cleared, though bytes take a while to be made ready
    await page.click("#clear");
    await page.click("#clear");
    await page.waitForFunction(() =>
      document.querySelector("#kept").textContent.startsWith("Everything was cleared"),
    );
    await page.reload();
    await page.waitForSelector('#own[aria-busy="false"]');
    assert.equal(
      await page.textContent("#kept"),
      "What you add is kept in this browser until you clear it (in a private window: until it is closed).",
    );
  });
});

test("a browser that keeps nothing says that, and not that another tab has the pictures", async () => {
  const refusals = {
    // Firefox without cookies
    "locks are refused at once": () => {
      navigator.locks.request = () =>
        Promise.reject(new DOMException("The operation is insecure.", "SecurityError"));
    },
    "the call itself throws": () => {
      navigator.locks.request = () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      };
    },
  };
  for (const [what, refuse] of Object.entries(refusals)) {
    await withPage(async (page) => {
      await page.addInitScript(refuse);
      await page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("The operation is insecure.", "SecurityError");
        };
      });
      await openOwn(page);
      assert.match(await message(page), /^This browser keeps nothing for this page/, what);
      await twoClasses(page, 2);
      await counted(page, ["2 photos", "2 photos"]);
    });
  }
});
