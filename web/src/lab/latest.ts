/** Work that follows a hand: one piece at a time, and of the wishes that come meanwhile only the latest counts. */
export class Latest<T> {
  readonly #work: (wish: T) => Promise<void>;
  #waiting: { readonly wish: T } | undefined;
  #busy = false;

  /** `work` deals with its own errors. */
  constructor(work: (wish: T) => Promise<void>) {
    this.#work = work;
  }

  ask(wish: T): void {
    this.#waiting = { wish };
    if (!this.#busy) void this.#go();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = undefined;
  }

  async #go(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
        this.#waiting = undefined;
        await this.#work(next.wish);
      }
    } finally {
      this.#busy = false;
    }
  }
}
