/** Work that takes a while, one piece at a time: a bar that says how far it is, words that say what is done, and a button that stops it. */
import { byId } from "../dom/page.js";

/** What the work may say while it goes on. */
export interface Progress {
  (words: string, done?: number, total?: number): void;
}

/** The place of a job in the page: `<id>-text`, `<id>-bar` and `<id>-stop`. */
export class Job {
  readonly #text: HTMLElement;
  readonly #bar: HTMLProgressElement;
  readonly #stop: HTMLButtonElement;
  #running: AbortController | undefined;
  #drawn = 0;

  constructor(id: string) {
    this.#text = byId(`${id}-text`, HTMLElement);
    this.#bar = byId(`${id}-bar`, HTMLProgressElement);
    this.#stop = byId(`${id}-stop`, HTMLButtonElement);
    this.#stop.addEventListener("click", () => this.stop());
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Does the work; what it returns stands in the place of its words afterwards. Errors are the caller's. */
  async run(work: (progress: Progress, signal: AbortSignal) => Promise<string>): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#stop.hidden = this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
    this.#text.dataset.state = "running";
    try {
      this.words = await work((words, done, total) => this.#show(running, words, done, total), running.signal);
    } finally {
      if (this.#running === running) {
        this.#running = undefined;
        this.#stop.hidden = this.#bar.hidden = true;
        this.#text.dataset.state = "done";
      }
    }
  }

  set words(words: string) {
    this.#text.textContent = words;
  }

  /** At most once a frame: a fast job has more to do than to say how far it is. */
  #show(running: AbortController, words: string, done?: number, total?: number): void {
    const now = performance.now();
    if (this.#running !== running || (now - this.#drawn < 16 && done !== total)) return;
    this.#drawn = now;
    this.#text.textContent = words;
    if (done === undefined || total === undefined) return this.#bar.removeAttribute("value");
    this.#bar.max = total;
    this.#bar.value = done;
  }
}
