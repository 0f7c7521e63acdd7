/** Conversion of a map of the wasm into an answer. */
import type { Explanation } from "../candling_wasm.js";
import type { Backend, MapAnswer, PlacedMap, ResolvedTarget } from "../protocol.js";
import { withWasmObject } from "./failure.js";

/** Returns the answer and frees the explanation; `start` is when its computation began. */
export function answerOf(
  explanation: Explanation,
  target: ResolvedTarget,
  backend: Backend,
  start: number,
): MapAnswer {
  const backward = performance.now() - start;
  return withWasmObject(explanation, (map) => ({
    data: map.data(),
    channels: map.channels,
    height: map.height,
    width: map.width,
    max: map.max,
    target,
    area: areaOf(map),
    ...(map.layer === undefined ? {} : { layer: map.layer }),
    backend,
    timings: { backward },
  }));
}

function areaOf({ area: [left = 0, top = 0, width = 0, height = 0] }: Explanation): PlacedMap["area"] {
  return [left, top, width, height];
}
