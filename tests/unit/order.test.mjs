/** Which of those that wait the reader sees first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { nextForReader } = await imported("element/order.ts");

const HEIGHT = 800;
const at = (name, top, { left = 0, seen = true } = {}) => ({ name, top, bottom: top + 100, left, seen });
const next = (...places) => nextForReader(places, (place) => place, HEIGHT)?.name;

test("of those in the window the uppermost comes first", () => {
  assert.equal(next(at("low", 600), at("high", 10)), "high");
});

test("of a row the leftmost comes first", () => {
  assert.equal(next(at("right", 10, { left: 500 }), at("left", 10)), "left");
});

test("what is in the window comes before what is above it", () => {
  assert.equal(next(at("above", -500), at("in", 700)), "in");
});

test("outside of it, what the least scrolling brings there comes first", () => {
  assert.equal(next(at("far below", 2000), at("just above", -150)), "just above");
});

test("what is folded away comes last, and yet comes", () => {
  assert.equal(next(at("folded", 0, { seen: false }), at("far", 90_000)), "far");
  assert.equal(next(at("folded", 0, { seen: false })), "folded");
});

test("where nothing waits nothing is next", () => {
  assert.equal(next(), undefined);
});
