/** Self-test of the engine, on the loaded model and a photo. */
import type { Identity, Target } from "../protocol.js";
import type { Access } from "./access.js";
import { checkOptions, checkTarget } from "./check.js";

export interface IdentitiesOptions {
  /** Default: the top class. */
  readonly target?: Target;
  readonly signal?: AbortSignal;
}

export async function identities(
  { bridge, handle, generation }: Access,
  options: IdentitiesOptions,
): Promise<readonly Identity[]> {
  checkOptions("identities", options);
  const { target, signal } = options;
  if (target !== undefined) checkTarget("identities", target);
  return bridge.call(
    "identities",
    { run: handle, ...(target === undefined ? {} : { target }) },
    { signal, generation },
  );
}
