/**
 * `<candling-view backend>`: the backend that computes its map, its event, and that a failing GPU does not
 * affect the reader.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyedAfter, inWorker, ofGpu } from "./support/gpu.mjs";
import { openPost, painted, told, view } from "./support/post.mjs";
import { stage } from "./support/stage.mjs";

const card = stage({ card: true });
const noCard = stage();

/**
 * The largest part by which a map of another backend differs: both are within half of it of the golden maps.
 */
const MAP = 2e-3;

/** A post whose elements' `backendchange` is written down in the page's `changes`. */
async function open(page, body) {
  await page.addInitScript(() => {
    window.changes = [];
    document.addEventListener(
      "backendchange",
      ({ target, detail }) => window.changes.push({ id: target.id, ...detail }),
      { capture: true },
    );
  });
  await openPost(page, body, { ready: false });
}

/** Waits for the maps of a number of answers. */
const explained = (page, count) =>
  page.waitForFunction(
    (count) => window.told.filter(({ type }) => type === "explain").length === count,
    count,
  );

/** The values of the first element's map. */
const map = (page) =>
  page.$eval("candling-view", ({ explanation: { data, backend, max } }) => ({
    data: [...data],
    backend,
    max,
  }));

test("the card by name, then the processor: the same map, one prediction, and the elements are told", async () => {
  await card.withPage(async (page, requests) => {
    await open(page, view('backend="webgpu" loading="eager"'));
    await explained(page, 1);
    const ofTheCard = await map(page);
    assert.equal(ofTheCard.backend, "webgpu");
    assert.deepEqual(await page.evaluate("changes"), [
      { id: "", backend: "webgpu", reason: "asked", adapter: "google, swiftshader" },
    ]);
    await page.evaluate(() => (document.querySelector("candling-view").backend = "cpu"));
    await explained(page, 2);
    const ofTheProcessor = await map(page);
    assert.equal(ofTheProcessor.backend, "cpu");
    for (const [at, value] of ofTheProcessor.data.entries()) {
      assert.ok(
        Math.abs(value - ofTheCard.data[at]) <= MAP * ofTheProcessor.max,
        `${at}: ${value}, ${ofTheCard.data[at]}`,
      );
    }
    assert.notDeepEqual(ofTheCard.data, ofTheProcessor.data, "computed elsewhere, rounded otherwise");
    assert.equal((await told(page, "predict")).length, 1);
    assert.ok(ofGpu(requests).length > 0);

    // and back, to a GPU that is still there, and for an element that comes when all is decided
    await page.evaluate(() => (document.querySelector("candling-view").backend = "webgpu"));
    await explained(page, 3);
    await page.evaluate(() => {
      const other = document.querySelector("candling-view").cloneNode(true);
      other.id = "late";
      document.querySelector("main").append(other);
    });
    await explained(page, 4);
    const changes = await page.evaluate("changes");
    assert.deepEqual(
      changes.map(({ id, backend }) => [id, backend]),
      [
        ["", "webgpu"],
        ["", "cpu"],
        ["", "webgpu"],
        ["late", "webgpu"],
      ],
    );
  });
});

test("a card that is lost: the map is the processor's, no error is shown, and all who share it are told why", async () => {
  await card.withPage(async (page) => {
    await inWorker(page, destroyedAfter(2));
    await open(page, ["a", "b"].map((id) => view(`id="${id}" backend="webgpu" loading="eager"`)).join(""));
    await explained(page, 2);
    assert.deepEqual(await told(page, "error"), []);
    assert.equal((await map(page)).backend, "cpu");
    // the events of each are in order; which of the two comes first depends on whose photo came first
    const changes = await page.evaluate("changes");
    for (const element of ["a", "b"]) {
      const heard = changes
        .filter(({ id }) => id === element)
        .map(({ backend, reason, code }) => [backend, reason, code]);
      assert.deepEqual(
        heard,
        [
          ["webgpu", "asked", undefined],
          ["cpu", "failed", "backend-lost"],
        ],
        element,
      );
    }
    assert.equal(changes.length, 4);
    const [shown] = await painted(page);
    assert.ok(shown.seen && shown.sum > 0);
  });
});

test("where nobody asks for the card, a post fetches nothing for it; and asking for one that is not there is answered", async () => {
  await noCard.withPage(async (page, requests) => {
    await open(
      page,
      view('id="a" loading="eager"') +
        view('id="b" backend="cpu" loading="eager"') +
        view('id="c" backend="webgpu" loading="eager"'),
    );
    await explained(page, 3);
    await page.waitForFunction(() => window.changes.some(({ id }) => id === "a"));
    const changes = await page.evaluate("changes");
    assert.deepEqual(changes.map(({ id, backend, reason }) => `${id} ${backend} ${reason}`).sort(), [
      "a cpu unavailable",
      "c cpu unavailable",
    ]);
    assert.deepEqual(ofGpu(requests), []);
    assert.deepEqual(await told(page, "error"), []);
  });
});
