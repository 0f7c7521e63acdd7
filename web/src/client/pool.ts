/**
 * Pool of further workers beside the main one, for work that can be divided.
 *
 * Each has its own engine and model, some 60 MB, so they are started on demand and ended after some idle
 * time. They get the model's file as the `Blob` that the main worker loaded: that copies and downloads
 * nothing, and a site that is updated meanwhile cannot give them other weights than the run's. Nothing is
 * shared, so the page needs no cross-origin isolation.
 */
import type { Ask, Build } from "../protocol.js";
import { abortedError, Bridge, closedError } from "./bridge.js";
import { engineFiles } from "./files.js";

/** Idle time after which the workers are ended. */
const IDLE_MS = 30_000;

export class Pool {
  readonly #spawn: () => Worker;
  readonly #load: Ask<"load">;
  readonly #workers: Bridge[] = [];
  /** Settles with the last work so far. */
  #last: Promise<unknown> = Promise.resolve();
  #idle: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /**
   * `build` is the main worker's. Workers of the pool use one core each: in place of `threads` they use a
   * build without threads that gives the same bits.
   */
  constructor(spawn: () => Worker, model: Blob, build: Build) {
    this.#spawn = spawn;
    this.#load = {
      files: engineFiles,
      model,
      builds: build === "threads" ? ["relaxed-simd", build] : [build],
      threads: 1,
    };
  }

  /**
   * Lends that many workers to `work` exclusively, when earlier work is done. An abort rejects at once;
   * `work` must end by itself.
   */
  lend<T>(
    count: number,
    signal: AbortSignal | undefined,
    work: (workers: readonly Bridge[]) => Promise<T>,
  ): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#closed) throw closedError();
      if (signal?.aborted) throw abortedError();
      clearTimeout(this.#idle);
      try {
        return await work(this.#hire(count));
      } finally {
        this.#idle = setTimeout(() => this.#dismiss(), IDLE_MS);
      }
    });
    this.#last = turn.catch(() => {});
    if (signal === undefined) return turn;
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => reject(abortedError());
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    });
  }

  /** Ends all workers; unfinished work fails with `closed`. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#dismiss();
  }

  #hire(count: number): readonly Bridge[] {
    while (this.#workers.length < count) this.#workers.push(new Bridge(this.#spawn, this.#load));
    return this.#workers.slice(0, count);
  }

  #dismiss(): void {
    for (const worker of this.#workers.splice(0)) worker.close();
  }
}
