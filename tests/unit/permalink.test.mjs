/** The state of the lab in its address. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { indexOf, linkTo, readAddress } = await imported("lab/permalink.ts");

const PAGE = "https://site.test/lab/?weights=small&class=3#versus";

test("what a link says is what is read from it", () => {
  const state = {
    photo: "macaw.jpg",
    view: "guided-backprop",
    method: "layer-cam",
    opacity: 40,
    divider: 0,
    patch: "38.25,30,60",
    forgotten: 8,
  };
  const asked = readAddress(linkTo({ ...state, target: 281, over: 235 }, PAGE).search);
  assert.deepEqual(asked.state, state);
  assert.deepEqual([asked.target, asked.over, asked.wrong], ["281", "235", []]);
});

test("a link drops what the state does not have, and keeps what others read there", () => {
  assert.equal(linkTo({ view: "cam" }, PAGE).href, "https://site.test/lab/?weights=small&view=cam");
});

test("classes are handed on as they were given", () => {
  const { target, over, state } = readAddress("?class=tabby+cat&over=%20teapot%20");
  assert.deepEqual([target, over], ["tabby cat", "teapot"]);
  assert.deepEqual(state, {});
});

for (const [search, why] of [
  ["?method=foo", /^method=foo \(it is one of grad-cam, /],
  ["?strength=101", /^strength=101 \(it is a whole number from 0 to 100\)$/],
  ["?strength=4.5", /whole number/],
  ["?patch=1,2", /three numbers from 0 to 100/],
  ["?view=", /^view= \(it is empty\)$/],
  ["?view=cam&view=photo", /given 2 times, and the first one counts/],
  ["?weights=large", /^weights=large \(it is one of full, small\)$/],
  ["?nonsense=1", /this page has no such parameter/],
]) {
  test(`what cannot be followed is said: ${search}`, () => {
    const { wrong } = readAddress(search);
    assert.equal(wrong.length, 1);
    assert.match(wrong[0], why);
  });
}

test("what others put behind every address is passed over in silence", () => {
  assert.deepEqual(readAddress("?utm_source=x&fbclid=y&ref=z").wrong, []);
});

test("a long value is cut where it is repeated", () => {
  const [wrong] = readAddress(`?view=${"v".repeat(500)}`).wrong;
  assert.ok(wrong.startsWith(`view=${"v".repeat(40)}… (`));
});

test("an index is digits, and all else is a name", () => {
  assert.deepEqual(["281", "0", "tabby", "2b", "1234567", undefined].map(indexOf), [
    281,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
