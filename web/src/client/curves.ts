/** Deletion and insertion (Petsiuk et al. 2018): does the order that a map gives the picture's tiles matter to the network? */
import type { Curves, OcclusionProgress } from "../protocol.js";
import { type Access, workersOf } from "./access.js";
import { check, checkOptions, checkPixels } from "./check.js";
import { Explanation } from "./explanation.js";
import { share } from "./sharing.js";

export interface CurvesOptions {
  /** A map of this run; its target's class is the one whose probability is followed. */
  readonly map: Explanation;
  /** How many random orders the map's is compared with; 3 where left out. They are the same each time. */
  readonly randomOrders?: number;
  /** Side of the squares that are taken away, in pixels of the network's input; 16 where left out. */
  readonly tile?: number;
  /** How many workers share the forward passes; one per processor core where left out, up to 8. Each takes some 60 MB. */
  readonly workers?: number;
  /** Told of the passes as they are done, from 0 to all of them. */
  readonly onProgress?: (progress: OcclusionProgress) => void;
  readonly signal?: AbortSignal;
}

export async function curves(
  { run, bridge, pool, handle, generation }: Access,
  options: CurvesOptions,
): Promise<Curves> {
  checkOptions("curves", options);
  const { map, randomOrders = 3, tile = 16, onProgress = () => {}, signal } = options;
  check(map instanceof Explanation, "curves: map", "an Explanation of this run", map);
  check(map.run === run, "curves: map", "an Explanation of this run", "an Explanation of another");
  checkPixels("curves: tile", tile);
  check(
    Number.isInteger(randomOrders) && randomOrders > 0 && randomOrders <= 100,
    "curves: randomOrders",
    "1 to 100",
    randomOrders,
  );
  const workers = workersOf("curves", options.workers);
  check(typeof onProgress === "function", "curves: onProgress", "a function", onProgress);
  const { job, passes } = await bridge.call(
    "curves",
    { run: handle, map: map.placed, class: map.target.class, tile, randomOrders },
    { signal, generation },
  );
  const probabilities = await share(pool, { kind: "trace", job, total: passes, workers, onProgress, signal });
  const { height, width, orders } = job;
  const traced = await bridge.call(
    "traced",
    { orders: { height, width, tile, orders }, probabilities },
    { signal },
  );
  return { target: map.target, ...traced };
}
