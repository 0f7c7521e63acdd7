/** Perturbation: remove parts of the picture, and see what the network says of the rest. */
import type { Fill, Perturbed } from "../protocol.js";
import type { Access } from "./access.js";
import { check, checkOptions } from "./check.js";

export interface PerturbOptions {
  /**
   * `inputHeight·inputWidth` values of the network's input, row by row; pixels where it is not 0 are removed.
   */
  readonly mask: Uint8Array;
  /** What replaces them: `"grey"`, the default, or `"blur"`, the picture blurred beyond recognition. */
  readonly fill?: Fill;
  readonly signal?: AbortSignal;
}

export async function perturb(
  { run, bridge, handle, generation }: Access,
  options: PerturbOptions,
): Promise<Perturbed> {
  checkOptions("perturb", options);
  const { mask, fill = "grey", signal } = options;
  const length = run.inputHeight * run.inputWidth;
  const allowed = `a Uint8Array of ${run.inputHeight}×${run.inputWidth} = ${length} values`;
  check(mask instanceof Uint8Array && mask.length === length, "perturb: mask", allowed, mask);
  check(fill === "grey" || fill === "blur", "perturb: fill", '"grey" or "blur"', fill);
  return bridge.call("perturb", { run: handle, mask, fill }, { signal, generation });
}
