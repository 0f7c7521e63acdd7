/** Cover a part of the photo, and see how far the score falls. */
import type { OcclusionProgress, Target } from "../protocol.js";
import { type Access, workersOf } from "./access.js";
import { check, checkOptions, checkPixels, checkTarget } from "./check.js";
import { Explanation } from "./explanation.js";
import { share } from "./sharing.js";

export interface OcclusionOptions {
  /** The top class where left out. */
  readonly target?: Target;
  /** Side of the square that is covered, in pixels of the network's input; 32 where left out. */
  readonly patch?: number;
  /** From one position to the next, in pixels of the input; half of `patch` where left out, and at most `patch`. */
  readonly stride?: number;
  /** What every channel of the normalised input is under the patch; 0, a middle grey, where left out. */
  readonly baseline?: number;
  /** How many workers share the positions; one per processor core where left out, up to 8. Each takes some 60 MB. */
  readonly workers?: number;
  /** Told of the positions as they are done, from 0 to all of them. */
  readonly onProgress?: (progress: OcclusionProgress) => void;
  readonly signal?: AbortSignal;
}

export async function occlusion(
  { run, bridge, pool, handle, generation }: Access,
  options: OcclusionOptions,
): Promise<Explanation> {
  checkOptions("occlusion", options);
  const { target, patch = 32, baseline = 0, onProgress = () => {}, signal } = options;
  checkPixels("occlusion: patch", patch);
  const { stride = Math.max(1, Math.floor(patch / 2)) } = options;
  checkPixels("occlusion: stride", stride);
  check(typeof baseline === "number", "occlusion: baseline", "a number", baseline);
  const workers = workersOf("occlusion", options.workers);
  check(typeof onProgress === "function", "occlusion: onProgress", "a function", onProgress);
  if (target !== undefined) checkTarget("occlusion", target);
  const { job, rows, columns, area } = await bridge.call(
    "occlusion",
    { run: handle, how: { patch, stride, baseline }, ...(target === undefined ? {} : { target }) },
    { signal, generation },
  );
  const start = performance.now();
  const data = await share(pool, {
    kind: "occlude",
    job,
    total: rows * columns,
    workers,
    onProgress,
    signal,
  });
  return new Explanation(
    bridge,
    run,
    "occlusion",
    false,
    {
      data,
      channels: 1,
      height: rows,
      width: columns,
      max: data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
      target: job.target,
      backend: "cpu",
      timings: { backward: 0, forwards: performance.now() - start },
    },
    area,
  );
}
