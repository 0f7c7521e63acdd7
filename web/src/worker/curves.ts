/** Deletion and insertion curves: made out and put together in the worker that has the run, run in parts by those of a pool. */
import type { Engine, Run, Tracer } from "../candling_wasm.js";
import type { Answer, Ask, Curve, CurvesJob, PlacedMap, Traced, TileOrders } from "../protocol.js";
import type { Wasm } from "./engine.js";
import { using } from "./failure.js";

/** The tiles of an input, those that the map holds for most important first. */
export function rankingOf(
  wasm: Wasm,
  map: PlacedMap,
  inputHeight: number,
  inputWidth: number,
  tile: number,
): Uint32Array {
  const area = Float64Array.from(map.area);
  return wasm.ranking(map.data, map.channels, map.height, map.width, area, inputHeight, inputWidth, tile);
}

/** What a pool needs to run the passes. */
export function curvesOf(
  wasm: Wasm,
  run: Run,
  { map, class: chosen, tile, randomOrders }: Ask<"curves">,
): Answer<"curves"> {
  const [height = 0, width = 0] = run.inputSize();
  const ranking = rankingOf(wasm, map, height, width, tile);
  return using(wasm.Curves.of(height, width, tile, ranking, randomOrders), (curves) => {
    const job = { data: run.input(), height, width, tile, class: chosen, orders: curves.orders() };
    return { job, passes: curves.passes() };
  });
}

/** Ready for any of the passes. */
export function beginCurves(wasm: Wasm, engine: Engine, job: CurvesJob): Tracer {
  return using(engine.prepareTensor(job.data, job.height, job.width), (input) =>
    using(curvesIn(wasm, job), (curves) => engine.tracer(input, job.class, curves)),
  );
}

/** The curves, from the probabilities of all passes. */
export function traced(wasm: Wasm, { orders, probabilities }: Ask<"traced">): Traced {
  const { deletion, insertion } = using(curvesIn(wasm, orders), (curves) => curves.trace(probabilities));
  const compared = ({ map, random }: typeof deletion) => ({ map: exact(map), random: exact(random) });
  return { deletion: compared(deletion), insertion: compared(insertion) };
}

function curvesIn(wasm: Wasm, { height, width, tile, orders }: TileOrders) {
  return new wasm.Curves(height, width, tile, orders);
}

/** The numbers of the wasm crossed over as text. */
function exact({
  shares,
  probabilities,
  area,
}: {
  shares: number[];
  probabilities: number[];
  area: number;
}): Curve {
  return { shares: Float32Array.from(shares), probabilities: Float32Array.from(probabilities), area };
}
