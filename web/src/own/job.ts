/** Long work in steps: a progress bar, a status line, and a button that stops it. */
import { byId } from "../dom/page.js";
import { announce } from "./voice.js";

/** The callback by which the work reports its progress. */
export type ReportProgress = (words: string, done?: number, total?: number) => void;

/** Shortest time between updates of the status line, so that a fast job is not slowed down by it. */
const PAUSE_MS = 16;

/** A job with its elements in the page: `<id>-text`, `<id>-bar` and `<id>-stop`. */
export class Job {
  readonly #text: HTMLElement;
  readonly #bar: HTMLProgressElement;
  readonly #stop: HTMLButtonElement;
  readonly #opener: HTMLButtonElement | undefined;
  #running: AbortController | undefined;
  #drawn = 0;

  /** `opener` is the button that starts the job; it is disabled meanwhile. */
  constructor(id: string, opener?: HTMLButtonElement) {
    this.#text = byId(`${id}-text`, HTMLElement);
    this.#bar = byId(`${id}-bar`, HTMLProgressElement);
    this.#stop = byId(`${id}-stop`, HTMLButtonElement);
    this.#opener = opener;
    this.#text.tabIndex = -1;
    this.#stop.addEventListener("click", () => this.stop());
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Stops without a message, because its subject no longer exists. */
  blank(): void {
    this.stop();
    if (this.running) this.#end();
    this.words = "";
  }

  /** Runs the work; the text that it returns is shown afterwards. Errors are left to the caller. */
  async run(work: (progress: ReportProgress, signal: AbortSignal) => Promise<string>): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#begin();
    try {
      const words = await work(
        (words, done, total) => this.#show(running, words, done, total),
        running.signal,
      );
      if (this.#running === running) this.say(words);
    } finally {
      if (this.#running === running) this.#end();
    }
  }

  /** The status line, which is not announced to screen readers. */
  set words(words: string) {
    this.#text.textContent = words;
  }

  /** Shows and announces the result. */
  say(words: string): void {
    this.words = words;
    announce(words);
  }

  /** Keeps the focus: it moves between the button that starts the job and the one that stops it. */
  #begin(): void {
    this.#stop.hidden = this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
    if (this.#opener === undefined) return;
    if (document.activeElement === this.#opener) this.#stop.focus();
    this.#opener.disabled = true;
  }

  #end(): void {
    this.#running = undefined;
    const { activeElement } = document;
    if (this.#opener !== undefined) this.#opener.disabled = false;
    if (activeElement === this.#stop) (this.#opener ?? this.#text).focus();
    this.#stop.hidden = this.#bar.hidden = true;
  }

  #show(running: AbortController, words: string, done?: number, total?: number): void {
    const now = performance.now();
    if (this.#running !== running || (now - this.#drawn < PAUSE_MS && done !== total)) return;
    this.#drawn = now;
    this.#text.textContent = words;
    if (done === undefined || total === undefined) return this.#bar.removeAttribute("value");
    this.#bar.max = total;
    this.#bar.value = done;
  }
}
