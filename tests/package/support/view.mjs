/** Checks of a `<candling-view>` in a page. */
import assert from "node:assert/strict";

/** Classes of the photo, by index: a German shepherd, a tabby cat. */
export const DOG = 235;
export const CAT = 281;

/**
 * Least number of shades of a painted canvas: a map of 49 cells, enlarged, has hundreds; a canvas that was
 * never painted has one.
 */
const FEWEST_SHADES = 50;

/**
 * Waits until the first element of the page, or frame, shows a map of this class, and that it is no empty
 * canvas.
 */
export async function showsMap(page, target) {
  const view = page.locator("candling-view").first();
  await page.waitForFunction((target) => {
    const view = document.querySelector("candling-view");
    if (view?.state === "error") throw new Error(view.shadowRoot.querySelector("[part=error]").textContent);
    return view?.state === "ready" && view.explanation.target.class === target;
  }, target);
  const map = await view.evaluate((view) => {
    const canvas = view.shadowRoot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const shades = new Set();
    for (let at = 0; at < data.length; at += 4) shades.add(data[at + 3] * 256 + data[at]);
    const { width, height } = canvas.getBoundingClientRect();
    const { naturalWidth, naturalHeight } = view.image;
    const box = view.image.getBoundingClientRect();
    // a frame's photo leaves bars in its box
    const scale = Math.min(box.width / naturalWidth, box.height / naturalHeight);
    return {
      hidden: canvas.hidden,
      shades: shades.size,
      size: [width, height],
      photo: [naturalWidth * scale, naturalHeight * scale],
    };
  });
  assert.equal(map.hidden, false, "the map is shown");
  assert.ok(map.shades >= FEWEST_SHADES, `the map has ${map.shades} shades`);
  assert.deepEqual(map.size.map(Math.round), map.photo.map(Math.round), "it lies over the whole photo");
}
