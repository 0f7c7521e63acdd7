/** Which classes somebody may mean by what they typed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { suggest } = await imported("lab/search.ts");

const classes = [
  "tabby cat",
  "Egyptian Mau",
  "catamaran",
  "polecat",
  "couch",
  "cat",
  "baseball player",
  "Crème brûlée",
  "teapot",
].map((label, index) => ({ index, label }));
const found = (typed) => suggest(typed, classes).classes.map(({ label }) => label);

test("the whole name comes before whole words, beginnings and other parts", () => {
  assert.deepEqual(found("cat"), ["cat", "tabby cat", "catamaran", "polecat"]);
});

test("a class is found by its index", () => {
  assert.deepEqual(found("8"), ["teapot"]);
});

test("case, accents and signs between words make no difference", () => {
  assert.deepEqual(found("CREME-BRULEE"), ["Crème brûlée"]);
});

test("an everyday word stands for the classes that it means", () => {
  assert.deepEqual(found("sofa"), ["couch"]);
});

test("people are not among the classes, and that is said", () => {
  const { classes: players, note } = suggest("woman", classes);
  assert.deepEqual(
    players.map(({ label }) => label),
    ["baseball player"],
  );
  assert.match(note, /^People are not among its classes/);
  assert.equal(suggest("teapot", classes).note, "");
});

test("misspelt by a letter, or by two that changed places, a name is found; by half of it, not", () => {
  assert.deepEqual(found("teepot"), ["teapot"]);
  assert.deepEqual(found("taepot"), ["teapot"]);
  assert.deepEqual(found("tuupat"), []);
});

test("misspellings are looked for only where nothing else is found", () => {
  assert.ok(!found("cat").includes("couch"));
});

test("whoever typed nothing may mean every class", () => {
  assert.deepEqual(suggest("  ", classes).classes, classes);
});
