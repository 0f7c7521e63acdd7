/**
 * Work of many passes: planned and combined in the worker that has the run, computed in parts by those of a
 * pool.
 */
import type { Engine, Passes, Run } from "../candling_wasm.js";
import {
  type Answer,
  type Ask,
  codes,
  type Curve,
  type Job,
  type Outcome,
  type Part,
  type PlacedMap,
  type ResolvedTarget,
  type Target,
  type PassesRequest,
  type Work,
} from "../protocol.js";
import type { Wasm } from "./engine.js";
import { answerOf } from "./explanation.js";
import { failure, withWasmObject } from "./failure.js";

/** The tiles of an input, the most important by the map first. */
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

/**
 * Plans the work requested of a run: the job for a pool. Unsuitable requests are refused here, before a pool
 * is started.
 */
export function planOf(
  wasm: Wasm,
  engine: Engine,
  run: Run,
  request: PassesRequest,
  resolve: (target: Target | undefined) => ResolvedTarget,
): Answer<"plan"> {
  const [height = 0, width = 0] = run.inputSize();
  const job = { data: run.input(), height, width, work: workOf(wasm, height, width, request, resolve) };
  return withWasmObject(begin(engine, job), ({ pieces }) => ({ job, pieces }));
}

function workOf(
  wasm: Wasm,
  height: number,
  width: number,
  request: PassesRequest,
  resolve: (target: Target | undefined) => ResolvedTarget,
): Work {
  if (request.kind === "map") return { ...request, target: resolve(request.target) };
  const { kind, map, tile, randomOrders } = request;
  const ranking = rankingOf(wasm, map, height, width, tile);
  return {
    kind,
    class: request.class,
    tile,
    orders: wasm.tileOrders(height, width, tile, ranking, randomOrders),
  };
}

/** Prepares the passes of a job. */
function begin(engine: Engine, { data, height, width, work }: Job): Passes {
  return withWasmObject(engine.prepareTensor(data, height, width), (input) => {
    if (work.kind === "curves") return engine.curvePasses(input, work.class, work.tile, work.orders);
    const { method, target, options } = work;
    const values = Float64Array.from(Object.values(options));
    return engine.mapPasses(input, method, target.class, target.over, Object.keys(options), values);
  });
}

/** Passes of the last job that was sent to this worker. */
let passes: Passes | undefined;

/** Computes the values of a part, of the job given here or of the last one. */
export function valuesOf(engine: Engine, { job, start, end }: Part): Float32Array {
  if (job !== undefined) {
    passes?.free();
    passes = undefined;
    passes = begin(engine, job);
  }
  if (passes === undefined) throw failure(codes.internal, "this worker was given a part of no job");
  return passes.run(start, end);
}

/** Combines the values of all passes. */
export function outcomeOf(engine: Engine, { job, values }: Ask<"finish">): Outcome {
  const start = performance.now();
  const found = withWasmObject(begin(engine, job), (passes) => passes.finish(values));
  if ("deletion" in found) {
    const compared = ({ map, random }: typeof found.deletion) => ({ map: exact(map), random: exact(random) });
    return {
      kind: "curves",
      traced: { deletion: compared(found.deletion), insertion: compared(found.insertion) },
    };
  }
  if (job.work.kind === "curves") throw failure(codes.internal, "curves came out as a map");
  return { kind: "map", map: answerOf(found, job.work.target, "cpu", start) };
}

/** Converts a curve's numbers, which crossed from the wasm as text. */
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
