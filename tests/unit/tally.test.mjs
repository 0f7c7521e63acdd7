/** What came of adding photos, in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { Tally } = await imported("own/tally.ts");

const bird = { id: 1, name: "bird" };
const mammal = { id: 2, name: "mammal" };
const wanted = (name, of = bird, group = "") => ({ file: { name }, group, of });
const kept = (name, group = "") => ({ name, group });

test("photos that were added are counted", () => {
  const tally = new Tally([]);
  tally.added = 1234;
  assert.equal(tally.words(false, 1234), "1,234 photos added.");
});

test("what was stopped says how much of it is there", () => {
  const tally = new Tally([]);
  tally.added = 1;
  assert.equal(tally.words(true, 2000), "Stopped: 1 photo of 2,000 added; they stay.");
});

test("the same file once more is no copy, one of another name is", () => {
  const tally = new Tally([]);
  assert.equal(tally.copy(wanted("a.jpg"), kept("a.jpg")), false);
  assert.equal(tally.copy(wanted("b.jpg"), kept("a.jpg")), true);
  assert.deepEqual(
    tally.leftOut.map(({ path, code, why }) => [path, code, why]),
    [["bird/b.jpg", "copy", "the same photo as bird/a.jpg"]],
  );
  assert.equal(tally.words(false, 2), "0 photos added. 2 duplicates left out: a.jpg, b.jpg.");
});

test("a photo in several classes at once is in none, and each place says where the other is", () => {
  const tally = new Tally([]);
  tally.contested([wanted("a.jpg", bird), wanted("z.jpg", mammal)]);
  assert.deepEqual(
    tally.leftOut.map(({ path, why }) => [path, /as (\S+),/.exec(why)[1]]),
    [
      ["bird/a.jpg", "mammal/z.jpg"],
      ["mammal/z.jpg", "bird/a.jpg"],
    ],
  );
  assert.match(
    tally.words(false, 2),
    /it is not known which of these it shows: bird\/a\.jpg, mammal\/z\.jpg\.$/,
  );
});

test("a photo that another class has already is left out of this one", () => {
  const tally = new Tally([]);
  tally.elsewhere(wanted("a.jpg", mammal), "bird");
  assert.match(tally.words(false, 1), /a\.jpg is in bird already; .* it was left out of mammal\.$/);
  tally.elsewhere(wanted("b.jpg", mammal), "bird");
  assert.match(
    tally.words(false, 2),
    /2 photos are in another class already \(a\.jpg in bird, b\.jpg in bird\)/,
  );
});

test("files that the disk does not give are named", () => {
  const tally = new Tally([wanted("gone.jpg")]);
  assert.equal(tally.words(false, 1), "0 photos added. 1 file could not be read from the disk: gone.jpg.");
  assert.deepEqual(tally.leftOut[0].code, "unreadable");
});
