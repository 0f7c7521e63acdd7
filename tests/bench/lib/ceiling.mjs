/** The ceiling of one core, from the samples of `pages/ceiling.mjs`. */
import { operation } from "./chromium.mjs";
import { summary } from "./statistics.mjs";

const GIGA = 1e9;

/** The page's operations, as `interleave` takes them. */
export async function ceilingOperations(open) {
  const page = await open({ page: "ceiling" });
  const work = await page.evaluate(() => window.bench.work);
  return Object.entries(work).map(([name, amount]) => ({ ...operation(page, name), work: amount }));
}

/** One row: the rate at the median and at the best time, in GFLOP/s or GB/s. */
export function rateOf({ name, work }, times) {
  const { median, min } = summary(times);
  const rate = (milliseconds) => (work.flop ?? work.bytes) / GIGA / (milliseconds / 1e3);
  return {
    name,
    unit: work.flop ? "GFLOP/s" : "GB/s",
    median: rate(median),
    best: rate(min),
    workingSet: work.workingSet,
  };
}

/** The most that the core did: the fastest of all arithmetic, from registers or in a tile. */
export const arithmeticCeiling = (rates) =>
  Math.max(...rates.filter(({ unit }) => unit === "GFLOP/s").map((rate) => rate.median));

/** The most that a matrix product's tile did, which reads what it multiplies. */
export const tileCeiling = (rates) =>
  Math.max(...rates.filter(({ name }) => name.includes("tile")).map((rate) => rate.median));

/**
 * GB/s for so many bytes in use: the better of copying and reading, between measured sizes on a straight line
 * over the logarithm.
 */
export function bandwidth(rates, bytes) {
  const kinds = ["copy", "read"].map((kind) => rates.filter(({ name }) => name.startsWith(kind)));
  return Math.max(...kinds.map((points) => interpolated(points, bytes)));
}

function interpolated(points, bytes) {
  const sorted = [...points].sort((a, b) => a.workingSet - b.workingSet);
  const above = sorted.findIndex(({ workingSet }) => workingSet >= bytes);
  if (above === 0) return sorted[0].median;
  if (above === -1) return sorted[sorted.length - 1].median;
  const [low, high] = [sorted[above - 1], sorted[above]];
  const share = Math.log(bytes / low.workingSet) / Math.log(high.workingSet / low.workingSet);
  return low.median + share * (high.median - low.median);
}
