/** Cascading randomisation (Adebayo et al. 2018): does a map depend on what the network has learnt? */
import type { Method, Target } from "../protocol.js";
import type { Access } from "./access.js";
import { check, checkOptions, checkTarget } from "./check.js";
import { Explanation } from "./explanation.js";

export interface RandomizedOptions {
  /**
   * Number of layers of `candling.info.weighted`, from the output down, that get new random weights; 0 for
   * none.
   */
  readonly layers: number;
  readonly target: Target;
  readonly methods: readonly Method[];
  /** For methods that take a layer. Default: the model's `defaultLayer`. */
  readonly layer?: string;
  /** An integer from 0 below 2³²; the same seed gives the same weights. Default: 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface Randomized {
  /** Names of the randomised layers, from the output down. */
  readonly layers: readonly string[];
  /**
   * Softmax probability of the target's class; for a margin, that of `class`. NaN if the logits overflowed.
   */
  readonly probability: number;
  /**
   * For each method its map by the randomised network, and the rank correlation of its magnitudes with those
   * of the trained network's map, −1 to 1. A map that overflowed is NaN throughout, and `paint` refuses it
   * with `"not-finite"`. The correlation is undefined for such a map, and if one of the two maps is constant.
   */
  readonly maps: readonly { readonly map: Explanation; readonly correlation: number | undefined }[];
}

export async function randomized(
  { run, bridge, handle, generation }: Access,
  options: RandomizedOptions,
): Promise<Randomized> {
  checkOptions("randomized", options);
  const { layers, target, methods, layer, seed = 0, signal } = options;
  check(isWhole(layers), "randomized: layers", "a whole number, 0 or more", layers);
  checkTarget("randomized", target);
  const named = Array.isArray(methods) && methods.every((method) => typeof method === "string");
  check(named, "randomized: methods", "an array of their names", methods);
  check(
    layer === undefined || typeof layer === "string",
    "randomized: layer",
    "the name of one in candling.info.layers",
    layer,
  );
  check(isWhole(seed), "randomized: seed", "a whole number from 0 below 2³²", seed);
  const answer = await bridge.call(
    "randomized",
    { run: handle, layers, target, methods, seed, ...(layer === undefined ? {} : { layer }) },
    { signal, generation },
  );
  const explanation = (map: (typeof answer.maps)[number]["map"], i: number) =>
    new Explanation(bridge, run, methods[i] as Method, false, map);
  return {
    ...answer,
    maps: answer.maps.map(({ map, correlation }, i) => ({ map: explanation(map, i), correlation })),
  };
}

/** Whether a value is an integer that the wasm accepts. */
function isWhole(given: unknown): boolean {
  return Number.isInteger(given) && Number(given) >= 0 && Number(given) < 2 ** 32;
}
