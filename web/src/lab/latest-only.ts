/**
 * Work that follows a slider or pointer: one piece at a time, and of the requests that come meanwhile only
 * the latest is kept.
 */
export class LatestOnly<T> {
  readonly #work: (request: T) => Promise<void>;
  #waiting: { readonly request: T } | undefined;
  #busy = false;

  /** `work` handles its own errors. */
  constructor(work: (request: T) => Promise<void>) {
    this.#work = work;
  }

  request(request: T): void {
    this.#waiting = { request };
    if (!this.#busy) void this.#go();
  }

  /** Discards the waiting request. */
  clear(): void {
    this.#waiting = undefined;
  }

  async #go(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
        this.#waiting = undefined;
        await this.#work(next.request);
      }
    } finally {
      this.#busy = false;
    }
  }
}
