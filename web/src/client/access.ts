import type { Bridge } from "./bridge.js";
import { check } from "./check.js";
import type { Pool } from "./pool.js";
import type { Run } from "./run.js";

/** A run and its workers, for experiments on it. */
export interface Access {
  readonly run: Run;
  readonly bridge: Bridge;
  readonly pool: Pool;
  /** The run's handle in the worker of this generation. */
  readonly handle: number;
  readonly generation: number;
}

/** Default upper limit of workers in a pool: beyond it, memory costs more than time. */
const DEFAULT_WORKERS = 8;

/** Largest accepted number of workers: each takes some 60 MB. */
const MAX_WORKERS = 64;

/** The number of workers that share the work of `call`. */
export function workersOf(call: string, asked: number | undefined): number {
  const workers = asked ?? Math.min(navigator.hardwareConcurrency, DEFAULT_WORKERS);
  check(
    Number.isInteger(workers) && workers > 0 && workers <= MAX_WORKERS,
    `${call}: workers`,
    `1 to ${MAX_WORKERS}`,
    workers,
  );
  return workers;
}
