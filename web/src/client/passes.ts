/**
 * Maps and curves of many forward passes: planned by the worker that has the run, computed by a pool,
 * combined by the first.
 */
import type { MethodOptions, Method, Outcome, PassesProgress, Target, PassesRequest } from "../protocol.js";
import { type Access, workersOf } from "./access.js";
import { check } from "./check.js";
import { Explanation } from "./explanation.js";
import { runInParts } from "./sharing.js";

/** Options for sharing passes among workers. */
export interface PassesOptions {
  /** Number of workers that share the passes, each some 60 MB. Default: one per CPU core, up to 8. */
  readonly workers?: number;
  /** Called with the number of passes done, from 0 to all of them. */
  readonly onProgress?: (progress: PassesProgress) => void;
  readonly signal?: AbortSignal;
}

/** The requested map. */
export interface Asked {
  readonly method: Method;
  readonly target?: Target | undefined;
  readonly options: MethodOptions;
}

/** Computes the map of a method that takes many passes. */
export async function mapOf(
  call: string,
  access: Access,
  asked: Asked,
  options: PassesOptions,
): Promise<Explanation> {
  const { method, target, options: set } = asked;
  const request = { kind: "map", method, options: set, ...(target === undefined ? {} : { target }) } as const;
  const start = performance.now();
  const { map } = await outcomeOf(call, access, request, options);
  const timings = { ...map.timings, backward: 0, forwards: performance.now() - start };
  return new Explanation(access.bridge, access.run, method, false, { ...map, timings });
}

/** Computes all passes and returns their result. */
export async function outcomeOf<K extends PassesRequest["kind"]>(
  call: string,
  { bridge, pool, handle, generation }: Access,
  request: PassesRequest & { readonly kind: K },
  { workers: asked, onProgress = () => {}, signal }: PassesOptions,
): Promise<Outcome & { readonly kind: K }> {
  const workers = workersOf(call, asked);
  check(typeof onProgress === "function", `${call}: onProgress`, "a function", onProgress);
  const { job, pieces } = await bridge.call("plan", { run: handle, request }, { signal, generation });
  const values = await runInParts(pool, { job, total: pieces, workers, onProgress, signal });
  const outcome = await bridge.call("finish", { job, values }, { signal });
  return outcome as Outcome & { readonly kind: K };
}

/** Checks the options of a method: numbers by name. */
export function checkMethodOptions(call: string, options: unknown): asserts options is MethodOptions {
  const isSet = typeof options === "object" && options !== null && !Array.isArray(options);
  const isOk = isSet && Object.values(options).every((value) => typeof value === "number");
  check(isOk, `${call}: options`, "an object of numbers", options);
}
