/** One step of the lesson: something to press, what it comes to, and the way to the next one. */
import { LongRun } from "../dom/long-run.js";
import { announce, clear, say } from "../dom/message.js";
import { byId, found } from "../dom/page.js";
import { sentence } from "../words/sentence.js";

export type Progress = (done: number, total: number) => void;

export abstract class Step {
  readonly section: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #status: HTMLElement;
  #opened = false;
  /** Told when it is done, each time. */
  onDone: () => void = () => {};
  /** Told when it was begun and not finished: what stands on it does no more. */
  onUndone: () => void = () => {};
  /** Told when it begins and when it ends: what one step uses, another may replace. */
  onBusy: (busy: boolean) => void = () => {};

  /** `id` is that of its section; its button is called `ID-go`, its bar `ID-bar`. */
  constructor(id: string) {
    this.section = byId(id, HTMLElement);
    this.#button = byId(`${id}-go`, HTMLButtonElement);
    this.#status = found(this.section, ".status", HTMLElement);
    new LongRun(`${id}-go`, `${id}-bar`, (progress, end) => this.#attempt(progress, end));
  }

  /** From now on it can be done. */
  open(): void {
    this.#opened = true;
    this.#button.disabled = false;
    if (this.section.dataset.state === "closed") this.section.dataset.state = "open";
    if (this.section.dataset.state === "open") this.tell("");
  }

  /** It cannot be done any more, for this reason. */
  close(why: string): void {
    this.#opened = false;
    this.#button.disabled = true;
    this.section.dataset.state = "closed";
    this.tell(why);
  }

  /** What it came to is out of date. */
  outdate(why: string): void {
    if (this.section.dataset.state !== "done") return this.open();
    this.section.dataset.state = "open";
    this.tell(why);
  }

  /** While another step is at work. */
  rest(resting: boolean): void {
    this.#button.disabled = resting || !this.#opened;
  }

  protected abstract work(progress: Progress, signal: AbortSignal): Promise<void>;

  /** A line under the button: what goes on. It is not read out, as it changes many times a second. */
  protected tell(words: string): void {
    this.#status.textContent = words;
  }

  /** What it came to, read out too. */
  protected conclude(words: string): void {
    this.tell(words);
    announce(words);
  }

  async #attempt(progress: Progress, signal: AbortSignal): Promise<void> {
    this.section.ariaBusy = "true";
    this.onBusy(true);
    try {
      await this.work(progress, signal);
      clear();
      this.section.dataset.state = "done";
      this.onDone();
    } catch (error) {
      // Whatever failed because of the visitor's Cancel is no news to them.
      this.section.dataset.state = "open";
      this.onUndone();
      if (signal.aborted) return this.conclude("Cancelled. What it has looked at is kept: press it again.");
      this.tell("");
      say(sentence(error));
    } finally {
      this.section.ariaBusy = "false";
      this.onBusy(false);
    }
  }
}
