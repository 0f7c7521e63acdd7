/** Work of some seconds: a button that starts it and, while it runs, cancels it, and a progress bar. */
import { byId } from "./page.js";

export class LongRun {
  readonly #button: HTMLButtonElement;
  readonly #bar: HTMLProgressElement;
  readonly #name: string;
  readonly #work: (progress: (done: number, total: number) => void, end: AbortSignal) => Promise<void>;
  #running: AbortController | undefined;

  /** `work` handles its own errors, and stops when `end` is aborted. */
  constructor(
    button: string,
    bar: string,
    work: (progress: (done: number, total: number) => void, end: AbortSignal) => Promise<void>,
  ) {
    this.#button = byId(button, HTMLButtonElement);
    this.#bar = byId(bar, HTMLProgressElement);
    this.#name = this.#button.textContent ?? "";
    this.#work = work;
    this.#button.addEventListener("click", () => {
      if (this.#running === undefined) void this.#begin();
      else this.end();
    });
  }

  end(): void {
    this.#running?.abort();
  }

  async #begin(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#button.textContent = "Cancel";
    this.#bar.hidden = false;
    this.#bar.value = 0;
    try {
      await this.#work((done, total) => {
        this.#bar.max = total;
        this.#bar.value = done;
      }, running.signal);
    } finally {
      this.#running = undefined;
      this.#button.textContent = this.#name;
      this.#bar.hidden = true;
    }
  }
}
