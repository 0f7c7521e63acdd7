/** Cover a part of the photo, and see how far the score falls. */
import type { Target } from "../protocol.js";
import type { Access } from "./access.js";
import { check, checkOptions, checkPixels, checkTarget } from "./check.js";
import type { Explanation } from "./explanation.js";
import { mapOf, type PassesOptions } from "./passes.js";

export interface OcclusionOptions extends PassesOptions {
  /** The top class where left out. */
  readonly target?: Target;
  /** Side of the square that is covered, in pixels of the network's input; 32 where left out. */
  readonly patch?: number;
  /**
   * From one position to the next, in pixels of the input; half of `patch` where left out, and at most
   * `patch`.
   */
  readonly stride?: number;
  /** What every channel of the normalised input is under the patch; 0, a middle grey, where left out. */
  readonly baseline?: number;
}

export async function occlusion(access: Access, options: OcclusionOptions): Promise<Explanation> {
  checkOptions("occlusion", options);
  const { target, patch = 32, baseline = 0 } = options;
  checkPixels("occlusion: patch", patch);
  const { stride = Math.max(1, Math.floor(patch / 2)) } = options;
  checkPixels("occlusion: stride", stride);
  check(typeof baseline === "number", "occlusion: baseline", "a number", baseline);
  if (target !== undefined) checkTarget("occlusion", target);
  const asked = { method: "occlusion", target, options: { patch, stride, baseline } } as const;
  return mapOf("occlusion", access, asked, options);
}
