/** Occlusion: cover a part of the photo, and measure how far the score falls. */
import type { Target } from "../protocol.js";
import type { Access } from "./access.js";
import { check, checkOptions, checkPixels, checkTarget } from "./check.js";
import type { Explanation } from "./explanation.js";
import { mapOf, type PassesOptions } from "./passes.js";

export interface OcclusionOptions extends PassesOptions {
  /** Default: the top class. */
  readonly target?: Target;
  /** Side of the covering square, in pixels of the network's input. Default: 32. */
  readonly patch?: number;
  /** Distance between two positions, in pixels of the input; at most `patch`. Default: half of it. */
  readonly stride?: number;
  /** Value of every channel of the normalised input under the patch. Default: 0, a middle grey. */
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
