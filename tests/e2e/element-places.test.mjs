/** The map of `<candling-view>` lies on its photo wherever style puts that, by what screenshots show. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { colours, inside, page as placesPage, paintRings, places, ring } from "./support/places.mjs";
import { frames, PNG, stage } from "./support/stage.mjs";

const { withPage } = stage();

/** Least number of visible pixels of a ring: some places show only a part of it. */
const ENOUGH = 150;

/** Number of screenshots of a moving photo. */
const LOOKS = 5;

const shot = async (page) => PNG.sync.read(await page.screenshot());

/**
 * What is wrong in a picture of photo and map: pixels of the photo's ring that are seen, and none of the
 * map's.
 */
function faults(png) {
  const seen = colours(png);
  const bare = inside(png, (at) => seen[at] >= 1 && seen[at] <= 4);
  const covered = inside(png, (at) => seen[at] >= 5);
  return [
    ...(bare > 0 ? [`${bare} pixels of the photo's ring are bare`] : []),
    ...(covered < ENOUGH ? [`${covered} pixels of the map are seen`] : []),
  ];
}

/**
 * Like `faults`, for a second screenshot of the same moment without the map: each quarter of it lies on its
 * own, and nothing beside.
 */
function faultsBeside(png, bare) {
  const [seen, under] = [colours(png), colours(bare)];
  const wrong = inside(png, (at) => seen[at] >= 5 && under[at] !== seen[at] - 4);
  return [...faults(png), ...(wrong > 0 ? [`${wrong} pixels of the map lie elsewhere`] : [])];
}

const hide = (page, hidden) =>
  page.evaluate((hidden) => {
    for (const { shadowRoot } of document.querySelectorAll("candling-view"))
      shadowRoot.querySelector("canvas").style.opacity = hidden ? "0" : "1";
  }, hidden);

// biome-ignore lint/security/noGlobalEval: functions of `places.mjs` can travel to the page as text only
const perform = (place, source) => (0, eval)(source)(place, place.querySelector("img"));

async function found(page, { live = false, act, hover = false }, at) {
  const section = page.locator(`#place-${at}`);
  await section.evaluate((place) => place.scrollIntoView({ block: "center", behavior: "instant" }));
  await page.mouse.move(0, 0);
  await frames(page);
  if (act !== undefined) await section.evaluate(perform, String(act));
  if (hover) await section.locator("candling-view").hover();
  await frames(page);
  if (!live) {
    // A photo that has been scrolled within its element has its map again when it stands.
    await page.waitForFunction((id) => {
      const [content] = document.querySelector(`#${id} candling-view`).shadowRoot.querySelectorAll(".ahead");
      return content === undefined;
    }, `place-${at}`);
    const both = await shot(page);
    await hide(page, true);
    const bare = await shot(page);
    await hide(page, false);
    return faultsBeside(both, bare);
  }
  const all = [];
  for (let look = 0; look < LOOKS; look++)
    all.push(...faults(await shot(page)).map((fault) => `look ${look + 1}: ${fault}`));
  return all;
}

test("in every place and state of the photo, in every frame, its map lies on it", async (t) => {
  await withPage(
    async (page) => {
      await page.route("**/places", (route) =>
        route.fulfill({ contentType: "text/html; charset=utf-8", body: placesPage() }),
      );
      await page.goto("/places");
      await page.waitForFunction(() =>
        [...document.querySelectorAll("candling-view")].every(({ state }) => state === "ready"),
      );
      await page.evaluate(paintRings, ring);
      for (const [at, place] of places.entries()) {
        await t.test(place.name, async () => assert.deepEqual(await found(page, place, at), []));
      }
    },
    { viewport: { width: 700, height: 520 } },
  );
});
