/**
 * Deletion and insertion curves (Petsiuk et al. 2018): does a map's order of the picture's tiles matter to
 * the network?
 */
import type { Curves } from "../protocol.js";
import type { Access } from "./access.js";
import { check, checkOptions, checkPixels } from "./check.js";
import { Explanation } from "./explanation.js";
import { outcomeOf, type PassesOptions } from "./passes.js";

export interface CurvesOptions extends PassesOptions {
  /** A map of this run; the probability of its target's class is followed. */
  readonly map: Explanation;
  /** Number of random orders for comparison, the same each time. Default: 3. */
  readonly randomOrders?: number;
  /** Side of the removed squares, in pixels of the network's input. Default: 16. */
  readonly tile?: number;
}

export async function curves(access: Access, options: CurvesOptions): Promise<Curves> {
  checkOptions("curves", options);
  const { map, randomOrders = 3, tile = 16 } = options;
  check(map instanceof Explanation, "curves: map", "an Explanation of this run", map);
  check(map.run === access.run, "curves: map", "an Explanation of this run", "an Explanation of another");
  checkPixels("curves: tile", tile);
  check(
    Number.isInteger(randomOrders) && randomOrders > 0 && randomOrders <= 100,
    "curves: randomOrders",
    "1 to 100",
    randomOrders,
  );
  const request = { kind: "curves", map: map.placed, class: map.target.class, tile, randomOrders } as const;
  const { traced } = await outcomeOf("curves", access, request, options);
  return { target: map.target, ...traced };
}
