/** Maps of networks with randomised weights. */
import type { Run } from "../candling_wasm.js";
import { type Answer, type Ask, codes, type ResolvedTarget } from "../protocol.js";
import { answerOf } from "./explanation.js";
import { failure, withWasmObject } from "./failure.js";

export function randomized(run: Run, target: ResolvedTarget, ask: Ask<"randomized">): Answer<"randomized"> {
  const start = performance.now();
  const found = run.randomized(ask.layers, target.class, target.over, ask.methods, ask.layer, ask.seed);
  return withWasmObject(found, (found) => ({
    layers: found.layers(),
    probability: found.probability,
    maps: ask.methods.map((method, i) => {
      const map = found.map(i);
      if (map === undefined) throw failure(codes.internal, `there is no map for ${method}`);
      return { map: answerOf(map, target, "cpu", start), correlation: found.correlation(i) };
    }),
  }));
}
