import type { Bridge } from "./bridge.js";
import { check } from "./check.js";
import type { Pool } from "./pool.js";
import type { Run } from "./run.js";

/** How an experiment reaches the run that it is made on. */
export interface Access {
  readonly run: Run;
  readonly bridge: Bridge;
  readonly pool: Pool;
  /** The run's number in the worker of this generation. */
  readonly handle: number;
  readonly generation: number;
}

/** Workers of a pool where their number is not named: beyond it, memory is dearer than time. */
const DEFAULT_WORKERS = 8;

/** More are a mistake: each takes some 60 MB. */
const MAX_WORKERS = 64;

/** How many workers `call` is to share its work among. */
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
