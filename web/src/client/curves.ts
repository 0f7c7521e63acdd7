/**
 * Deletion and insertion (Petsiuk et al. 2018): does the order that a map gives the picture's tiles matter to
 * the network?
 */
import type { Curves } from "../protocol.js";
import type { Access } from "./access.js";
import { check, checkOptions, checkPixels } from "./check.js";
import { Explanation } from "./explanation.js";
import { outcomeOf, type PassesOptions } from "./passes.js";

export interface CurvesOptions extends PassesOptions {
  /** A map of this run; its target's class is the one whose probability is followed. */
  readonly map: Explanation;
  /** How many random orders the map's is compared with; 3 where left out. They are the same each time. */
  readonly randomOrders?: number;
  /** Side of the squares that are taken away, in pixels of the network's input; 16 where left out. */
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
  const wish = { kind: "curves", map: map.placed, class: map.target.class, tile, randomOrders } as const;
  const { traced } = await outcomeOf("curves", access, wish, options);
  return { target: map.target, ...traced };
}
