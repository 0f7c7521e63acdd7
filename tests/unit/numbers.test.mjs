/** Numbers as people read them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { correlation, fetched, fraction, megabytes, milliseconds, number, percent } =
  await imported("words/numbers.ts");
const { sentence } = await imported("words/sentence.ts");

test("a number has three digits that matter, and a minus as long as a plus", () => {
  assert.deepEqual([0.6234, 12.41, 0.001234, -3.5, 0].map(number), ["0.623", "12.4", "0.00123", "−3.5", "0"]);
});

test("a probability that is not nothing is never said to be nothing", () => {
  assert.equal(percent(0), "0\u00a0%");
  assert.equal(percent(1e-9), "<\u00a00.1\u00a0%");
  assert.equal(percent(0.001), "0.1\u00a0%");
});

test("below a tenth a percentage has a digit after the point", () => {
  assert.equal(percent(0.0423), "4.2\u00a0%");
  assert.equal(percent(0.126), "13\u00a0%");
  assert.equal(percent(1), "100\u00a0%");
});

test("a share is said as the nearest fraction", () => {
  assert.deepEqual([0, 0.04, 0.06, 0.3, 0.45, 0.97].map(fraction), [
    "hardly any",
    "hardly any",
    "about a tenth",
    "about a third",
    "about half",
    "nearly all",
  ]);
});

test("a correlation of nothing has no sign", () => {
  assert.deepEqual([-0.234, 0.5, -0.001].map(correlation), ["−0.23", "0.50", "0.00"]);
});

test("milliseconds have a digit after the point below ten", () => {
  assert.deepEqual([0.26, 9.94, 17.4].map(milliseconds), ["0.3 ms", "9.9 ms", "17 ms"]);
});

test("how much of a file is there is said where its length is not known too", () => {
  assert.equal(megabytes(9_297_400), "9.3");
  assert.equal(fetched(3_100_000, 12_900_000), "3.1 of 12.9 MB");
  assert.equal(fetched(3_100_000, undefined), "3.1 MB");
});

test("an error is a sentence, with one full stop", () => {
  assert.equal(sentence(new Error("the file is empty")), "The file is empty.");
  assert.equal(sentence("no network. "), "No network.");
});
