/** Candling against its peers in the browser, and the ceiling of the core, all in one session. */
import { arithmeticCeiling, ceilingOperations, rateOf } from "../lib/ceiling.mjs";
import { operation, withPages } from "../lib/chromium.mjs";
import { LITE0, engines, requireBuilds } from "../lib/engines.mjs";
import { interleave } from "../lib/interleave.mjs";
import { readModel, total, workOf } from "../lib/model-file.mjs";
import { check } from "../lib/reference.mjs";
import { summary } from "../lib/statistics.mjs";
import { ms, percent, table, times } from "../lib/table.mjs";

export const name = "browser";
export const title = "In the browser";

const OPERATIONS = {
  forward: "Forward pass",
  "grad-cam": "Grad-CAM of class 285 at the last layer, photo new (forward pass included)",
  "second-class": "Grad-CAM of a second class, same photo (no forward pass)",
  "guided-backprop": "Guided Backprop (forward pass included)",
};

export async function measure({ runs, lib }) {
  requireBuilds(lib);
  const model = readModel(LITE0);
  return withPages(lib, async (open) => {
    const participants = [];
    for (const engine of engines) {
      const page = await open(engine.query);
      for (const name of engine.operations) {
        const participant = { ...operation(page, name), engine: engine.name };
        const error = check(engine.name, name, await participant.value());
        participants.push({ ...participant, error });
      }
    }
    const ceilings = await ceilingOperations(open);
    const samples = await interleave([...participants, ...ceilings], runs);
    const rows = participants.map(({ engine, name, error }, i) => ({
      engine,
      operation: name,
      ...summary(samples[i]),
      error,
    }));
    const ceiling = ceilings.map((participant, i) => rateOf(participant, samples[participants.length + i]));
    return { gflop: total(workOf(model, model.side)) / 1e9, rows, ceiling };
  });
}

export function render({ gflop, rows, ceiling }) {
  const peak = arithmeticCeiling(ceiling);
  const tables = Object.entries(OPERATIONS).map(([operation, heading]) => {
    const of = rows.filter((row) => row.operation === operation);
    const own = of.find(({ engine }) => engine === "Candling, relaxed SIMD");
    const cells = of.map(({ engine, median, min, p90 }) => [
      engine,
      ms(median),
      ms(min),
      ms(p90),
      times(own.median / median),
    ]);
    return `${heading}\n\n${table(["engine", "median ms", "min", "p90", "Candling, relaxed ÷ this"], cells)}`;
  });
  const shares = rows
    .filter(
      ({ engine, operation }) =>
        engine.startsWith("Candling") && !engine.includes("threads") && operation === "forward",
    )
    .map(({ engine, median }) => `${engine} ${percent(gflop / (median / 1e3) / peak)}`);
  const rates = ceiling.map(({ name, unit, median, best }) => [
    name,
    median.toFixed(1),
    best.toFixed(1),
    unit,
  ]);
  return [
    ...tables,
    `What one core does in the same session\n\n${table(["kernel", "at the median", "best", "unit"], rates)}`,
    `Lite0 is ${gflop.toFixed(3)} GFLOP; its forward pass reaches of the ceiling of ${peak.toFixed(1)} GFLOP/s: ${shares.join(", ")}.`,
  ].join("\n\n");
}
