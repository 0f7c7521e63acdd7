/**
 * The occlusion map, a forward pass for each of 169 positions, with one worker and with two: separate engines
 * that share nothing, in a page that is not cross-origin isolated.
 */
import assert from "node:assert/strict";
import { operation, withPages } from "../lib/chromium.mjs";
import { interleave } from "../lib/interleave.mjs";
import { summary } from "../lib/statistics.mjs";
import { ms, table } from "../lib/table.mjs";

export const name = "occlusion";
export const title = "Occlusion map";

const POSITIONS = 169;
const WORKERS = ["1 worker", "2 workers"];
/** A map takes seconds, hundreds of forward passes already: fewer of them do. */
const MAPS = 8;

export async function measure({ runs, lib }) {
  return withPages(
    lib,
    async (open) => {
      const page = await open({ page: "client" });
      assert.equal(await page.evaluate(() => window.crossOriginIsolated), false);
      const participants = WORKERS.map((name) => operation(page, name));
      const maps = [];
      for (const participant of participants) maps.push(await participant.value());
      assert.equal(maps[0].length, POSITIONS);
      assert.deepEqual(maps[1], maps[0], "any number of workers gives the same bits");
      const samples = await interleave(participants, Math.min(runs, MAPS), { warmUp: 1, block: 1 });
      const [one, two] = samples.map(summary);
      const info = await page.evaluate(() => window.bench.info());
      return { ...info, one, two, speedUp: one.median / two.median };
    },
    { isolated: false },
  );
}

export function render({ build, one, two, speedUp }) {
  const cells = [
    ["one worker", one],
    ["two workers", two],
  ].map(([what, { runs, median, min, p90 }]) => [
    what,
    runs,
    ms(median),
    ms(min),
    ms(p90),
    ms(median / POSITIONS),
  ]);
  return [
    table(
      [`${POSITIONS} positions, build ${build}`, "runs", "median ms", "min", "p90", "ms a position"],
      cells,
    ),
    `Two workers are ${speedUp.toFixed(2)} times as fast as one.`,
  ].join("\n\n");
}
