/**
 * Each layer's time against its own roofline (Williams et al. 2009): the time that its arithmetic takes at
 * the ceiling of a matrix product's tile, or its bytes at the bandwidth for that many of them, whichever is
 * longer.
 */
import { bandwidth, ceilingOperations, rateOf, tileCeiling } from "../lib/ceiling.mjs";
import { withPages } from "../lib/chromium.mjs";
import { LITE0, MAIN, requireBuilds } from "../lib/engines.mjs";
import { interleave } from "../lib/interleave.mjs";
import { readModel, workOf } from "../lib/model-file.mjs";
import { ms, percent, table } from "../lib/table.mjs";

export const name = "layers";
export const title = "Layer by layer";

/** Share of its roofline below which a layer needs a sentence that explains it. */
const ENOUGH = 0.35;

/** The explanations, by kind of layer and direction; each applies down to its `least` share. */
const WHY = [
  {
    kind: /^depthwise .*\/2$/,
    way: "forward",
    least: 0.15,
    why:
      "Four values of the input are copied into a row with margins, and two loaded for each row of the kernel, for one result of " +
      "9 or 25 multiply-adds. The input of `blocks.1` (4.8 MB) does not fit the second-level cache besides.",
  },
  {
    kind: /^depthwise .*\/2$/,
    way: "backward",
    least: 0.12,
    why:
      "A result meets only 1 to 4 (3×3) or 4 to 9 (5×5) of the taps: loading its mask, comparing, masking and storing take more " +
      "instructions than the multiply-adds. The masks of `blocks.1` and `blocks.3` come from memory: nobody has read them since the forward pass.",
  },
  {
    kind: /^depthwise 3×3$/,
    least: 0.2,
    why:
      "9 multiply-adds a result against its share of copying the input into a row with margins, of loading the weights anew for " +
      "every seven results, and of bias and bounds, or mask. Sums run in one order everywhere, so each waits four cycles for its next term.",
  },
  {
    kind: /^add$/,
    least: 0.1,
    why: "It takes 5 to 30 µs: the clock's steps of 5 µs and the tensor's allocation are a good part of that.",
  },
  {
    kind: /^global_avg_pool$/,
    least: 0.08,
    why: "The 49 values of a channel are added in order, four cycles each: some 0.02 ms, a thousandth of the pass.",
  },
  {
    kind: /^linear$/,
    least: 0.15,
    why:
      "One position only: no weight is used twice, and their 5 MB come from memory rather than from the cache that would hold them. " +
      "Four panels at a time, so that sums do not wait for each other, took as long.",
  },
];

/** The sentence for a layer of some share in a way, `undefined` where there is none. */
const reason = (kind, way, share) =>
  WHY.find((entry) => entry.kind.test(kind) && (entry.way ?? way) === way && share >= entry.least)?.why;

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
    const memory = (bytes) => bytes / bandwidth(ceiling, bytes) / 1e6;
    const floor = Math.max(compute, memory(layer.bytes));
    const floorBack = Math.max(compute, memory(layer.bytesBack));
    const { forward, backward } = timed;
    // the clock's steps can be longer than a layer
    const share = (floor, time) => (time > 0 ? floor / time : null);
    const shares = { forwardShare: share(floor, forward), backwardShare: share(floorBack, backward) };
    return { ...layer, floor, floorBack, forward, backward, ...shares };
  });
  return { engine: MAIN.name, layers, ceiling };
}

/** `{ name, kind, way, share, why }` of every layer and way under its share. */
function below({ layers }) {
  const under = ({ name, kind }, way, share) =>
    share !== null && share < ENOUGH ? [{ name, kind, way, share, why: reason(kind, way, share) }] : [];
  return ["forward", "backward"].flatMap((way) =>
    layers.flatMap((layer) => under(layer, way, layer[`${way}Share`])),
  );
}

/** The number of layers below their share without an explanation. */
export const unexplained = (data) => below(data).filter(({ why }) => why === undefined).length;

const cellsOf = (floor, time, share) =>
  share === null ? ["–", "–", "–"] : [ms(floor), ms(time), percent(share)];

export function render(data) {
  const cells = data.layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.shape.join("×"),
    (layer.flop / 1e6).toFixed(1),
    ...cellsOf(layer.floor, layer.forward, layer.forwardShare),
    ...cellsOf(layer.floorBack, layer.backward, layer.backwardShare),
  ]);
  const headers = [
    "layer",
    "kind",
    "output",
    "MFLOP",
    "roofline ms",
    "forward ms",
    "share",
    "roofline ms",
    "backward ms",
    "share",
  ];
  return [
    `${data.engine}; backward is Guided Backprop's walk. Shares over 100 % are those of layers whose input is zero in many places.`,
    table(headers, cells),
    `Under ${percent(ENOUGH)} of their roofline:`,
    reasons(data),
  ].join("\n\n");
}

/** A line for every sentence, with the layers that it is about. */
function reasons(data) {
  const lines = new Map();
  for (const { name, way, share, why = "nobody knows why yet." } of below(data)) {
    const layers = lines.get(`${way}: ${why}`) ?? [];
    lines.set(`${way}: ${why}`, [...layers, `${name} ${percent(share)}`]);
  }
  return (
    [...lines].map(([sentence, layers]) => `- ${sentence} (${layers.join(", ")})`).join("\n") || "- none"
  );
}
