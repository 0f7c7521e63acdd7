/** The engine's own test, on the model and the photo that are there. */
import type { Identity, Target } from "../protocol.js";
import type { Access } from "./access.js";
import { checkOptions, checkTarget } from "./check.js";

export interface IdentitiesOptions {
  /** The top class where left out. */
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
