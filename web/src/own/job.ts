/** Work that takes a while, one piece at a time: a bar that says how far it is, words that say what is done, and a button that stops it. */
import { byId } from "../dom/page.js";
import { announce } from "./voice.js";

/** What the work may say while it goes on. */
export type Progress = (words: string, done?: number, total?: number) => void;

/** The words change at most so often: a fast job has more to do than to say how far it is. */
const PAUSE_MS = 16;

/** The place of a job in the page: `<id>-text`, `<id>-bar` and `<id>-stop`. */
export class Job {
  readonly #text: HTMLElement;
  readonly #bar: HTMLProgressElement;
  readonly #stop: HTMLButtonElement;
  readonly #opener: HTMLButtonElement | undefined;
  #running: AbortController | undefined;
  #drawn = 0;

  /** `opener` is the button that begins it, which rests meanwhile. */
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

  /** Stops, and has nothing to say of it: what the words were about is no more. */
  blank(): void {
    this.stop();
    if (this.running) this.#end();
    this.words = "";
  }

  /** Does the work; what it returns stands in the place of its words afterwards. Errors are the caller's. */
  async run(work: (progress: Progress, signal: AbortSignal) => Promise<string>): Promise<void> {
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

  /** What stands beside the bar, without a word to screen readers. */
  set words(words: string) {
    this.#text.textContent = words;
  }

  /** How it ended. */
  say(words: string): void {
    this.words = words;
    announce(words);
  }

  /** The keyboard goes on where it was: the button that began it is the one that stops it now. */
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
