/** Where in a photo's box its pixels lie. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { placement } = await imported("element/placement.ts");

const BOX = { width: 400, height: 300 };
const place = (naturalWidth, naturalHeight, objectFit, objectPosition = "50% 50%") =>
  placement(BOX, { naturalWidth, naturalHeight }, { objectFit, objectPosition });

test("a photo that fills its box has its map all over it, cut by the browser as the photo is", () => {
  for (const fit of ["fill", "cover"]) {
    const { map, seen, fit: laid } = place(100, 100, fit, "10% 20%");
    assert.deepEqual(map, { left: 0, top: 0, ...BOX });
    assert.deepEqual(seen, map);
    assert.deepEqual(laid, { objectFit: fit, objectPosition: "10% 20%" });
  }
});

test("contain: in the middle, as large as it fits", () => {
  assert.deepEqual(place(100, 100, "contain").map, { left: 50, top: 0, width: 300, height: 300 });
});

test("none: at its own size, and only what lies in the box is seen", () => {
  const { map, seen } = place(800, 100, "none", "0% 100%");
  assert.deepEqual(map, { left: 0, top: 200, width: 800, height: 100 });
  assert.deepEqual(seen, { left: 0, top: 200, width: 400, height: 100 });
});

test("scale-down: never larger than it is", () => {
  assert.deepEqual(place(40, 30, "scale-down").map, { left: 180, top: 135, width: 40, height: 30 });
  assert.deepEqual(place(800, 600, "scale-down").map, { left: 0, top: 0, width: 400, height: 300 });
});

test("a position may be a sum of a share of the room and pixels", () => {
  const { map } = place(100, 100, "none", "calc(100% - 20px) 10px");
  assert.deepEqual([map.left, map.top], [280, 10]);
});

test("a photo that has not come yet has its map in the whole box", () => {
  assert.deepEqual(place(0, 0, "contain").map, { left: 0, top: 0, ...BOX });
});
