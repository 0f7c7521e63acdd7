/** A bench further down the page: it waits until it is looked at, and then follows photo, class and settings. */
import type { Candling, Run } from "../candling.js";
import { found, byId } from "./dom.js";
import type { Picture } from "./sources.js";
import { hasCode, sentence } from "./words.js";

/** The photo on the page, its forward pass, and the class that is explained. */
export interface Shown {
  readonly candling: Candling;
  readonly picture: Picture;
  readonly run: Run;
  readonly labels: readonly string[];
  target: number;
}

export abstract class Experiment {
  readonly section: HTMLElement;
  readonly #status: HTMLElement;
  #inSight = false;
  /** What is to be shown as soon as the bench is looked at. */
  #due: Shown | undefined;
  #shown: Shown | undefined;
  #work = new AbortController();
  /** Told of an error that took the forward pass with it. */
  onLost: (shown: Shown) => void = () => {};

  constructor(id: string) {
    this.section = byId(id, HTMLElement);
    this.#status = found(this.section, ".status", HTMLElement);
    new IntersectionObserver(
      ([entry]) => {
        this.#inSight = entry?.isIntersecting ?? false;
        if (this.#inSight) void this.#start();
      },
      // a little before it comes into sight
      { rootMargin: "200px" },
    ).observe(this.section);
  }

  /** Another photo, class or setting: what is under way ends, and begins again with these. */
  update(shown: Shown): void {
    this.cancel();
    this.#due = shown;
    if (this.#inSight) void this.#start();
  }

  /** Ends what is under way. */
  cancel(): void {
    this.#work.abort();
    this.#due = undefined;
  }

  /** Begins again with what is shown: something of this bench's own has changed. */
  protected again(): void {
    if (this.#shown !== undefined) this.update(this.#shown);
  }

  /** Computes and paints. `signal` ends it; an error becomes words. */
  protected abstract show(shown: Shown, signal: AbortSignal): Promise<void>;

  protected get shown(): Shown | undefined {
    return this.#shown;
  }

  /** Something that the visitor does on this bench, under the signal of what is shown, with its errors in words. */
  protected async attempt(work: (shown: Shown, signal: AbortSignal) => Promise<void>): Promise<void> {
    const shown = this.#shown;
    const { signal } = this.#work;
    if (shown === undefined || signal.aborted) return;
    this.#status.textContent = "";
    try {
      await work(shown, signal);
    } catch (error) {
      if (signal.aborted || hasCode(error, "aborted")) return;
      if (hasCode(error, "engine-crashed", "run-lost")) this.onLost(shown);
      this.#status.textContent = sentence(error);
    }
  }

  protected say(words: string): void {
    this.#status.textContent = words;
  }

  async #start(): Promise<void> {
    const due = this.#due;
    if (due === undefined) return;
    this.#due = undefined;
    this.#shown = due;
    const work = new AbortController();
    this.#work = work;
    this.section.ariaBusy = "true";
    await this.attempt((shown, signal) => this.show(shown, signal));
    if (this.#work === work) this.section.ariaBusy = "false";
  }
}
