/** Regions of a photo: boxes, strokes of a brush, and what they cover. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { areaWords, blankMask, boxAround, boxBetween, isMarked, shrunk, withBox, withStroke } =
  await imported("own/area.ts");

/** A mask as it looks: rows of "#" and ".". */
const drawn = ({ width, data }) =>
  [...data].reduce((text, value, at) => text + (value ? "#" : ".") + ((at + 1) % width ? "" : "\n"), "");
const masked = (rows) => ({
  width: rows[0].length,
  height: rows.length,
  data: Uint8Array.from([...rows.join("")].map((cell) => (cell === "#" ? 1 : 0))),
});

test("a mask has the proportions of its photo, and 256 cells on the longer side", () => {
  const { width, height, data } = blankMask(4000, 3000);
  assert.deepEqual([width, height, data.length], [256, 192, 256 * 192]);
  assert.deepEqual([blankMask(9000, 1).width, blankMask(9000, 1).height], [256, 1]);
});

test("a box covers its cells and no others", () => {
  const mask = withBox(masked(["....", "#...", "...."]), { x: 0.25, y: 1 / 3, width: 0.5, height: 2 / 3 });
  assert.equal(drawn(mask), "....\n.##.\n.##.\n");
});

test("a box beyond the photo ends at its edge", () => {
  const mask = withBox(masked(["...", "..."]), { x: -1, y: 0.5, width: 5, height: 5 });
  assert.equal(drawn(mask), "...\n###\n");
});

test("a stroke of the brush paints, and wipes, and leaves the mask it was given as it was", () => {
  const blank = masked(["......", "......", "......"]);
  const [from, to] = [
    { x: 1 / 12, y: 0.5 },
    { x: 7 / 12, y: 0.5 },
  ];
  const painted = withStroke(blank, from, to, 1 / 3, 1);
  assert.equal(drawn(painted), "......\n####..\n......\n");
  assert.equal(isMarked(blank), false);
  assert.equal(isMarked(withStroke(painted, from, to, 1 / 3, 0)), false);
});

test("the box around a region is the smallest, and there is none around nothing", () => {
  assert.deepEqual(boxAround(masked(["....", ".##.", ".#..", "...."])), {
    x: 0.25,
    y: 0.25,
    width: 0.5,
    height: 0.5,
  });
  assert.equal(boxAround(masked(["...."])), undefined);
});

test("a box between two points is the same, whichever comes first, and ends at the photo's edge", () => {
  const [a, b] = [
    { x: 0.75, y: -3 },
    { x: 0.25, y: 0.5 },
  ];
  assert.deepEqual(boxBetween(a, b), { x: 0.25, y: 0, width: 0.5, height: 0.5 });
  assert.deepEqual(boxBetween(b, a), boxBetween(a, b));
});

test("a mask as large as its photo is kept as large as others are, each cell the one that lies there", () => {
  const large = { width: 512, height: 2, data: new Uint8Array(1024).fill(1, 0, 256) };
  const { width, height, data } = shrunk(large);
  assert.deepEqual([width, height], [256, 1]);
  assert.ok(data.every((value) => value === 0));
  assert.equal(shrunk(masked(["#."])).data[0], 1);
});

test("a region is said in words for whoever does not see it", () => {
  assert.equal(areaWords(undefined), "nothing marked yet");
  assert.equal(
    areaWords(masked(["....", ".##.", ".##.", "...."])),
    "from 25 % left and 25 % down, 50 % wide and 50 % high",
  );
});
