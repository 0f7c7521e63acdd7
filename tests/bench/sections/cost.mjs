/**
 * Cost against work: whether the forward pass takes time in proportion to its FLOP, over input sizes and over
 * the widths of the Lite family. Also drawn, in `cost.svg`.
 */
import { writeFileSync } from "node:fs";
import { operation, withPages } from "../lib/chromium.mjs";
import { LITE0, MAIN, requireBuilds } from "../lib/engines.mjs";
import { interleave } from "../lib/interleave.mjs";
import { readModel, total, workOf } from "../lib/model-file.mjs";
import { draw } from "../lib/plot.mjs";
import { summary } from "../lib/statistics.mjs";
import { ms, percent, table } from "../lib/table.mjs";
import { at } from "../lib/tools.mjs";

export const name = "cost";
export const title = "Cost against work";

/** Multiples of 32, the network's whole stride. */
const SIDES = Array.from({ length: 13 }, (_, i) => 128 + 32 * i);
/** Wider and deeper siblings, each at its own input size. */
const SIBLINGS = ["lite1", "lite2"];

export async function measure({ runs, lib }) {
  requireBuilds(lib);
  const lite0 = readModel(LITE0);
  const points = await withPages(lib, async (open) => {
    const page = await open({ ...MAIN.query, sizes: SIDES.join(",") });
    const participants = SIDES.map((side) => ({ ...operation(page, `forward@${side}`), model: lite0, side }));
    for (const sibling of SIBLINGS) {
      const model = readModel(at(`target/bench/widths/${sibling}.safetensors`));
      const page = await open({ ...MAIN.query, model: `/widths/${sibling}.safetensors`, sizes: model.side });
      participants.push({ ...operation(page, `forward@${model.side}`), model, side: model.side });
    }
    const samples = await interleave(participants, runs);
    return participants.map(({ model, side }, i) => {
      return { model: model.name, side, gflop: total(workOf(model, side)) / 1e9, ...summary(samples[i]) };
    });
  });
  const rate = proportional(points);
  const data = {
    engine: MAIN.name,
    msPerGflop: rate,
    points: points.map((point) => ({ ...point, deviation: point.median / (rate * point.gflop) - 1 })),
  };
  writeFileSync(at("tests/bench/cost.svg"), draw(data));
  return data;
}

/**
 * The milliseconds a GFLOP that make the largest relative deviation smallest: between the dearest point and
 * the cheapest.
 */
function proportional(points) {
  const rates = points.map(({ median, gflop }) => median / gflop);
  return (Math.max(...rates) + Math.min(...rates)) / 2;
}

export const largestDeviation = ({ points }) =>
  Math.max(...points.map(({ deviation }) => Math.abs(deviation)));

export function render(data) {
  const cells = data.points.map(({ model, side, gflop, median, min, deviation }) => [
    model,
    `${side}×${side}`,
    gflop.toFixed(2),
    ms(median),
    ms(min),
    `${deviation < 0 ? "−" : "+"}${percent(Math.abs(deviation))}`,
  ]);
  return [
    `${data.engine}. ![Milliseconds against GFLOP](cost.svg)`,
    table(["model", "input", "GFLOP", "median ms", "min", "from proportional"], cells),
    `Proportional is ${data.msPerGflop.toFixed(1)} ms a GFLOP; the furthest point is ${percent(largestDeviation(data))} off.`,
  ].join("\n\n");
}
