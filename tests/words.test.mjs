/** Texts of the pages: descriptions of maps, and numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./unit/support/typescript.mjs";

const { whereabouts } = await imported("words/maps.ts");
const { fraction, percent } = await imported("words/numbers.ts");
const { interval } = await imported("own/words.ts");

/** A map of some cells that covers a photo of 700×700 pixels, or the part `view` of it. */
function mapOf(rows, view = { x: 0, y: 0, width: 700, height: 700 }) {
  const data = Float32Array.from(rows.flat());
  return {
    data,
    channels: 1,
    layer: "head",
    height: rows.length,
    width: rows[0].length,
    view,
    peak: { value: Math.max(...data) },
    run: { width: 700, height: 700 },
  };
}

test("a cell across two thirds of the photo counts in both, by its parts", () => {
  // Of seven columns the left third holds two and a third of one.
  const row = [0, 0, 3, 0, 0, 0, 0];
  assert.equal(
    whereabouts("speaks for tabby", mapOf([row])),
    "About two thirds of what speaks for tabby lies in the central third of the photo; from top to bottom, it is spread about evenly.",
  );
});

test("a third that holds about a third is not said to hold it: light is spread evenly, or missing somewhere", () => {
  const across = (columns) => whereabouts("speaks for tabby", mapOf([columns])).split(";")[0];
  const even = "What speaks for tabby is spread about evenly from left to right";
  assert.equal(across([1, 1, 1]), even);
  // of twelve twelfths no third has less than three or more than five
  assert.equal(across([3.01, 4, 4.99]), even);
  assert.equal(
    across([4.9, 4.9, 2.2]),
    "Only about a fifth of what speaks for tabby lies in the right third of the photo",
  );
  assert.equal(
    across([5.2, 3.4, 3.4]),
    "About half of what speaks for tabby lies in the left third of the photo",
  );
  assert.equal(
    whereabouts(
      "speaks for tabby",
      mapOf([
        [2, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
      ]),
    ),
    `${even}; from top to bottom, it is spread about evenly.`,
  );
});

test("a view of a part of the photo is counted in the photo's own thirds", () => {
  // The right half of the photo: of its two columns the left one, 350 to 525, lies in the central third up to
  // 466.7.
  const words = whereabouts("speaks for tabby", mapOf([[1, 0]], { x: 350, y: 0, width: 350, height: 700 }));
  assert.match(words, /^About two thirds of what speaks for tabby lies in the central third/);
});

test("negative values are no evidence", () => {
  assert.match(
    whereabouts("speaks for tabby", mapOf([[-5, 0, 1]])),
    /^Nearly all of what speaks for tabby lies in the right third/,
  );
  assert.equal(
    whereabouts("speaks for tabby", mapOf([[-5, 0, 0]])),
    "Nothing in this layer speaks for tabby.",
  );
});

test("a number and its sign are one word", () => {
  for (const share of [0, 0.0004, 0.002, 0.05, 0.5, 1]) assert.doesNotMatch(percent(share), / /);
  assert.equal(percent(0.0004), "<\u00a00.1\u00a0%");
});

test("a share is said by the nearest fraction", () => {
  for (const [share, words] of [
    [0, "hardly any"],
    [0.06, "about a tenth"],
    [0.26, "about a fifth"],
    [0.27, "about a third"],
    [0.58, "about half"],
    [0.63, "about two thirds"],
    [0.71, "about two thirds"],
    [0.76, "about four fifths"],
    [0.96, "nearly all"],
    [1, "nearly all"],
  ]) {
    assert.equal(fraction(share), words, `${share}`);
  }
});

test("a mean is said to the digit of its interval", () => {
  const words = (mean, low, high) => interval({ mean, interval: [low, high], count: 40 });
  assert.equal(words(0.92, 0.748, 0.9996), "92\u00a0% (75 to 100)");
  assert.equal(words(0.0467, 0.0328, 0.0619), "4.7\u00a0% (3.3 to 6.2)");
  assert.equal(
    words(0.5022, 0.5011, 0.5038),
    "50.2\u00a0% (50.1 to 50.4)",
    "where whole numbers would make it one point",
  );
  assert.equal(words(0, 0, 0.39), "0\u00a0% (0 to 39)");
  assert.equal(words(0.0004, 0, 0.0012), "<\u00a00.1\u00a0% (0.0 to 0.1)");
  assert.equal(interval({ mean: 0.75, interval: null, count: 4 }), "75\u00a0% (of 4 photos)");
});
