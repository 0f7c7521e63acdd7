/** Each layer's time against its own roofline (Williams et al. 2009): the time that its arithmetic takes at the ceiling of a matrix
 *  product's tile, or its bytes at the bandwidth for that many of them, whichever is longer. */
import { bandwidth, ceilingOperations, rateOf, tileCeiling } from "../lib/ceiling.mjs";
import { withPages } from "../lib/chromium.mjs";
import { LITE0, MAIN, requireBuilds } from "../lib/engines.mjs";
import { interleave } from "../lib/interleave.mjs";
import { readModel, workOf } from "../lib/model-file.mjs";
import { ms, percent, table } from "../lib/table.mjs";

export const name = "layers";
export const title = "Layer by layer";

/** Below this share of its roofline a layer needs a sentence why. */
const ENOUGH = 0.35;

export async function measure({ runs, lib }) {
  requireBuilds(lib);
  const model = readModel(LITE0);
  const { measured, ceiling } = await withPages(lib, async (open) => {
    const page = await open(MAIN.query);
    const ceilings = await ceilingOperations(open);
    const measured = await page.evaluate((rounds) => window.bench.profile(rounds), runs);
    const samples = await interleave(ceilings, runs);
    return { measured, ceiling: ceilings.map((participant, i) => rateOf(participant, samples[i])) };
  });
  const layers = workOf(model, model.side).map((layer) => {
    const timed = measured.find(({ name }) => name === layer.name);
    if (timed === undefined) throw new Error(`engine.profile says nothing of the layer ${layer.name}`);
    const compute = layer.flop / tileCeiling(ceiling) / 1e6;
    const memory = layer.bytes / bandwidth(ceiling, layer.bytes) / 1e6;
    const floor = Math.max(compute, memory);
    const { forward, backward } = timed;
    const shares = { forwardShare: floor / forward, backwardShare: backward > 0 ? floor / backward : null };
    return { ...layer, bound: compute >= memory ? "compute" : "memory", floor, forward, backward, ...shares };
  });
  return { engine: MAIN.name, layers, ceiling };
}

export const below = ({ layers }) => layers.filter(({ forwardShare }) => forwardShare < ENOUGH).map(({ name }) => name);
export const belowOnTheWayBack = ({ layers }) =>
  layers.filter(({ backwardShare }) => backwardShare !== null && backwardShare < ENOUGH).map(({ name }) => name);

export function render(data) {
  const cells = data.layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.shape.join("×"),
    (layer.flop / 1e6).toFixed(1),
    ms(layer.floor),
    layer.bound,
    ms(layer.forward),
    percent(layer.forwardShare),
    layer.backward > 0 ? ms(layer.backward) : "–",
    layer.backwardShare === null ? "–" : percent(layer.backwardShare),
  ]);
  const headers = ["layer", "kind", "output", "MFLOP", "roofline ms", "bound by", "forward ms", "share", "backward ms", "share"];
  const named = (names) => (names.length === 0 ? "none" : names.join(", "));
  return [
    `${data.engine}; backward is Guided Backprop's walk.\n\n${table(headers, cells)}`,
    `Under ${percent(ENOUGH)} of their roofline, forward: ${named(below(data))}; backward: ${named(belowOnTheWayBack(data))}.`,
  ].join("\n\n");
}
