/**
 * Work of many equal pieces, shared by a pool of workers: positions of an occlusion map, passes of a curve.
 * Every piece has equally many values.
 *
 * Free workers take parts from one end, large at first and single pieces at last, so that workers of unequal
 * speed finish together. A piece is computed in the same way by every worker: the values have the same bits
 * for any number of workers.
 */
import { type Ask, codes, type Job, type PassesProgress } from "../protocol.js";
import { abortedError, type Bridge } from "./bridge.js";
import { CandlingError } from "./error.js";
import type { Pool } from "./pool.js";

/** Largest number of pieces in a part: after an abort, a worker is busy for that long. */
const LARGEST_PART = 8;

/** Number of crashes in a row after which a worker is given up; the others take over its part. */
const CRASHES = 2;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A job, and the number of workers for it. */
export interface SharedJob {
  readonly job: Job;
  /** Number of pieces. */
  readonly total: number;
  readonly workers: number;
  readonly onProgress: (progress: PassesProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Returns the values of all pieces, in order. */
export function runInParts(pool: Pool, shared: SharedJob): Promise<Float32Array> {
  const { total, workers, onProgress, signal } = shared;
  return pool.lend(Math.min(workers, total), signal, async (lent) => {
    const parts = new Parts(total, lent.length);
    let all = new Float32Array(0);
    let done = 0;
    onProgress({ done, total });
    const enter = ({ start, end }: Range, values: Float32Array) => {
      const each = values.length / (end - start);
      if (all.length === 0) all = new Float32Array(total * each);
      all.set(values, start * each);
      done += end - start;
      // an aborted call reports nothing more
      if (signal?.aborted !== true) onProgress({ done, total });
    };
    let sound = lent.map((worker) => ({ worker, crash: undefined as CandlingError | undefined }));
    // usually once, unless a worker was given up after the others had nothing left to do
    while (done < total) {
      const outcomes = await Promise.allSettled(
        sound.map(async (lane) => {
          try {
            lane.crash = await work(lane.worker, shared, parts, enter);
          } catch (error) {
            parts.clear();
            throw error;
          }
        }),
      );
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      const crash = sound.find((lane) => lane.crash !== undefined)?.crash;
      sound = sound.filter((lane) => lane.crash === undefined);
      if (sound.length === 0 && crash !== undefined) throw crash;
    }
    return all;
  });
}

/** Lets one worker do parts until none is left. Returns the crash for which it was given up, if it was. */
async function work(
  worker: Bridge,
  { job, signal }: SharedJob,
  parts: Parts,
  enter: (range: Range, values: Float32Array) => void,
): Promise<CandlingError | undefined> {
  /** generation of the worker that has the job: its replacement after a crash does not have it */
  let informed: number | undefined;
  let crashes = 0;
  for (let part = parts.take(); part !== undefined; part = parts.take()) {
    if (signal?.aborted) throw abortedError();
    const { generation } = worker;
    try {
      const ask: Ask<"part"> = informed === generation ? part : { ...part, job };
      const values = await worker.call("part", ask, { signal });
      informed = generation;
      crashes = 0;
      enter(part, values);
    } catch (error) {
      if (!isCrash(error)) throw error;
      parts.giveBack(part);
      crashes += 1;
      if (crashes === CRASHES) return error;
    }
  }
  return undefined;
}

/** The pieces that are not taken yet. */
class Parts {
  readonly #workers: number;
  #left: Range[];

  constructor(total: number, workers: number) {
    this.#workers = workers;
    this.#left = [{ start: 0, end: total }];
  }

  /**
   * Takes half of one worker's share of what is left (guided self-scheduling; Polychronopoulos & Kuck 1987,
   * with half the part).
   */
  take(): Range | undefined {
    const next = this.#left.pop();
    if (next === undefined) return undefined;
    const left = this.#left.reduce((sum, { start, end }) => sum + end - start, next.end - next.start);
    const size = Math.min(LARGEST_PART, Math.ceil(left / (2 * this.#workers)));
    const end = Math.min(next.end, next.start + size);
    if (end < next.end) this.#left.push({ start: end, end: next.end });
    return { start: next.start, end };
  }

  giveBack(part: Range): void {
    this.#left.push(part);
  }

  clear(): void {
    this.#left = [];
  }
}

function isCrash(error: unknown): error is CandlingError {
  return (
    error instanceof CandlingError &&
    (error.code === codes.engineCrashed || error.code === codes.engineUnavailable)
  );
}
