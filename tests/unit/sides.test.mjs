/** Which of two maps is seen on which side of a divider. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { sidesOf } = await imported("words/sides.ts");

const BOX = { width: 100, height: 100 };
/** A map of one row over a photo of 100×100 pixels. */
const row = (...values) => ({
  data: Float32Array.from(values),
  width: values.length,
  height: 1,
  view: { x: 0, y: 0, width: 100, height: 100 },
  run: { width: 100, height: 100 },
});

test("maps that lie left and right of each other are both seen, parted between them", () => {
  assert.deepEqual(sidesOf([row(1, 0, 0, 0), row(0, 0, 0, 1)], BOX), { flipped: false, cut: 50 });
});

test("the map whose evidence is on the right is shown on the right", () => {
  assert.equal(sidesOf([row(0, 0, 0, 1), row(1, 0, 0, 0)], BOX).flipped, true);
});

test("the divider moves to where both are seen", () => {
  const { flipped, cut } = sidesOf([row(0, 0, 1, 0), row(0, 0, 0, 1)], BOX);
  assert.deepEqual([flipped, cut], [false, 75]);
});

test("where it makes little difference, the first map is on the left, as people read", () => {
  assert.deepEqual(sidesOf([row(1, 1, 1, 1), row(1, 1, 1, 1)], BOX), { flipped: false, cut: 50 });
});

test("a divider that somebody has put somewhere stays as long as both maps are seen", () => {
  const maps = [row(1, 0, 0, 0), row(0, 0, 0, 1)];
  assert.equal(sidesOf(maps, BOX, 60).cut, 60);
  assert.notEqual(sidesOf(maps, BOX, 2).cut, 2);
});

test("a map without evidence has nothing to lose", () => {
  assert.equal(sidesOf([row(0, 0, 0, 0), row(-1, -1, -1, -1)], BOX).cut, 50);
});

test("one map is not parted", () => {
  assert.deepEqual(sidesOf([row(1, 0)], BOX, 30), { flipped: false, cut: 30 });
});
