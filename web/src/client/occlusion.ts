/**
 * The positions of an occlusion map, shared out among a pool of workers.
 *
 * Parts are taken from one end by whoever is free, large at first and single positions at last, so that workers of unequal speed
 * finish together. A position is computed alike wherever it is: the map has the same bits for any number of workers.
 */
import { type Answer, codes, type OcclusionJob, type OcclusionProgress } from "../protocol.js";
import { aborted, type Bridge } from "./bridge.js";
import { CandlingError } from "./error.js";
import type { Pool } from "./pool.js";

/** At most so many positions at once: after an abort, a worker is busy for so long. */
const LARGEST_PART = 8;

/** After so many crashes in a row a worker is given up; the others go on with what it had. */
const CRASHES = 2;

interface Part {
  readonly start: number;
  readonly end: number;
}

export interface Sharing {
  readonly workers: number;
  readonly onProgress: (progress: OcclusionProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The whole map, row by row. */
export function occlude(
  pool: Pool,
  { job, rows, columns }: Answer<"occlusion">,
  { workers, onProgress, signal }: Sharing,
): Promise<Float32Array> {
  const total = rows * columns;
  return pool.lend(Math.min(workers, total), signal, async (lent) => {
    const parts = new Parts(total, lent.length);
    const map = new Float32Array(total);
    let done = 0;
    onProgress({ done, total });
    const enter = ({ start, end }: Part, values: Float32Array) => {
      map.set(values, start);
      done += end - start;
      // An aborted call says nothing more.
      if (signal?.aborted !== true) onProgress({ done, total });
    };
    let sound = lent.map((worker) => ({ worker, crash: undefined as CandlingError | undefined }));
    // Once around, unless a worker was given up after the others had found nothing left to do.
    while (done < total) {
      const outcomes = await Promise.allSettled(
        sound.map(async (lane) => {
          try {
            lane.crash = await work(lane.worker, job, parts, enter, signal);
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
    return map;
  });
}

/** Has one worker do parts until none is left. Returns the crash for which it was given up, if it was. */
async function work(
  worker: Bridge,
  job: OcclusionJob,
  parts: Parts,
  enter: (part: Part, values: Float32Array) => void,
  signal: AbortSignal | undefined,
): Promise<CandlingError | undefined> {
  /** The generation of the worker that has been given the job: one that replaces it after a crash has not. */
  let informed: number | undefined;
  let crashes = 0;
  for (let part = parts.take(); part !== undefined; part = parts.take()) {
    if (signal?.aborted) throw aborted();
    const { generation } = worker;
    try {
      const values = await worker.call("occlude", informed === generation ? part : { ...part, job }, { signal });
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

/** The positions that nobody has taken yet. */
class Parts {
  readonly #workers: number;
  #left: Part[];

  constructor(total: number, workers: number) {
    this.#workers = workers;
    this.#left = [{ start: 0, end: total }];
  }

  /** Half of one worker's share of what is left (guided self-scheduling; Polychronopoulos & Kuck 1987, with half the part). */
  take(): Part | undefined {
    const next = this.#left.pop();
    if (next === undefined) return undefined;
    const left = this.#left.reduce((sum, { start, end }) => sum + end - start, next.end - next.start);
    const size = Math.min(LARGEST_PART, Math.ceil(left / (2 * this.#workers)));
    const end = Math.min(next.end, next.start + size);
    if (end < next.end) this.#left.push({ start: end, end: next.end });
    return { start: next.start, end };
  }

  giveBack(part: Part): void {
    this.#left.push(part);
  }

  clear(): void {
    this.#left = [];
  }
}

function isCrash(error: unknown): error is CandlingError {
  return error instanceof CandlingError && (error.code === codes.engineCrashed || error.code === codes.engineUnavailable);
}
