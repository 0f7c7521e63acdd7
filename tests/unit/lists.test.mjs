/** Lists, counts, sizes and lengths of time as people read them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { byCodePoint, count, duration, listed, part, rate, size, some, warned } =
  await imported("own/words.ts");

test("one is one, and all else are many", () => {
  assert.equal(count(1, "photo"), "1 photo");
  assert.equal(count(0, "photo"), "0 photos");
  assert.equal(count(5000, "class", "classes"), "5,000 classes");
});

test("of a long list three are named, and the rest is counted", () => {
  assert.equal(some(["a", "b", "c"]), "a, b, c");
  assert.equal(some(["a", "b", "c", "d"]), "a, b, c and 1 more");
});

test("names stand in quotes, with “and” before the last", () => {
  assert.equal(listed([]), "");
  assert.equal(listed(["bird"]), "“bird”");
  assert.equal(listed(["bird", "mammal", "fish"]), "“bird”, “mammal” and “fish”");
});

test("warnings are said of those that had one, and of none nothing", () => {
  assert.equal(warned([]), "");
  assert.match(warned(["a.jpg"]), /^ 1 photo was read with a warning, .*: a\.jpg\.$/);
  assert.match(warned(["a.jpg", "b.jpg"]), /^ 2 photos were read/);
});

test("a length of time is in the unit that it takes few of", () => {
  assert.deepEqual([0, 40_400, 89_400, 90_000, 5_340_000, 5_400_000].map(duration), [
    "about 1 s",
    "about 40 s",
    "about 89 s",
    "about 2 min",
    "about 89 min",
    "about 2 h",
  ]);
});

test("a size of a file is never nothing", () => {
  assert.deepEqual([1, 999_001, 2_100_000].map(size), ["1 kB", "1000 kB", "2.1 MB"]);
});

test("how many are right is a share with its interval, or a count where there is none", () => {
  assert.equal(part(9, 9), "9\u00a0of\u00a09");
  assert.equal(rate({ mean: 0.75, interval: null, count: 4 }), "3\u00a0of\u00a04");
  assert.equal(rate({ mean: 0.92, interval: [0.75, 1], count: 12 }), "92\u00a0% (75 to 100)");
});

test("names are sorted by characters, not by the halves of a rare one", () => {
  const names = ["𝒳", "\uff41", "b", "a", "ab"];
  assert.deepEqual(names.toSorted(byCodePoint), ["a", "ab", "b", "\uff41", "𝒳"]);
  assert.notDeepEqual(names.toSorted(), ["a", "ab", "b", "\uff41", "𝒳"]);
});
