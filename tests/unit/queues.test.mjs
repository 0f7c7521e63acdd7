/** Queues of work that is requested by many changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { LatestOnly } = await imported("lab/latest-only.ts");
const { coalesce } = await imported("own/coalesce.ts");

/** Work that ends on request. */
function slowWork() {
  const begun = [];
  const ends = [];
  const work = (wish) => {
    begun.push(wish);
    return new Promise((resolve) => ends.push(resolve));
  };
  return { begun, work, end: () => ends.shift()() };
}

/** Waits for everything that needs no timer. */
const settled = () => new Promise(setImmediate);

test("of the wishes that come while work goes on only the latest is done", async () => {
  const { begun, work, end } = slowWork();
  const latest = new LatestOnly(work);
  for (const wish of [1, 2, 3]) latest.request(wish);
  assert.deepEqual(begun, [1]);
  end();
  await settled();
  assert.deepEqual(begun, [1, 3]);
});

test("a wish that waits can be forgotten, and the next one is done again", async () => {
  const { begun, work, end } = slowWork();
  const latest = new LatestOnly(work);
  latest.request(1);
  latest.request(2);
  latest.clear();
  end();
  await settled();
  assert.deepEqual(begun, [1]);
  latest.request(4);
  assert.deepEqual(begun, [1, 4]);
});

test("what is asked for within the wait is done once", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let done = 0;
  const ask = coalesce(50, () => void done++);
  for (let times = 0; times < 3; times++) ask();
  t.mock.timers.tick(49);
  assert.equal(done, 0);
  t.mock.timers.tick(1);
  assert.equal(done, 1);
});

test("what is asked for while work goes on is done once more, after it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { begun, work, end } = slowWork();
  const ask = coalesce(50, work);
  ask();
  t.mock.timers.tick(50);
  ask();
  ask();
  t.mock.timers.tick(500);
  assert.equal(begun.length, 1);
  end();
  await settled();
  t.mock.timers.tick(50);
  assert.equal(begun.length, 2);
});
