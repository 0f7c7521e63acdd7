/**
 * A bench further down the page: it waits until it is looked at, and then follows photo, class and settings.
 */
import type { Candling, Fit, Run } from "../candling.js";
import { sentence } from "../words/sentence.js";
import { byId, found } from "../dom/page.js";
import { Latest } from "./latest.js";
import type { State } from "./permalink.js";
import type { Picture } from "./sources.js";
import { hasCode } from "./words.js";

/** The photo on the page, its forward pass, and the class that is explained. */
export interface Shown {
  readonly candling: Candling;
  readonly picture: Picture;
  readonly run: Run;
  /** How the photo was brought to the network's square. */
  readonly fit: Fit;
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
  readonly #repaints = new Latest<void>(() => this.attempt((shown, signal) => this.paint(shown, signal)));
  /** Called when a crash has lost the forward pass. */
  onLost: (shown: Shown) => void = () => {};
  /** Called when a setting was changed. */
  onSet: () => void = () => {};

  constructor(id: string) {
    this.section = byId(id, HTMLElement);
    this.#status = found(this.section, ".status", HTMLElement);
    new IntersectionObserver(
      (entries) => {
        this.#inSight = entries.at(-1)?.isIntersecting ?? false;
        if (this.#inSight) void this.#start();
      },
      // a little before it comes into sight
      { rootMargin: "200px" },
    ).observe(this.section);
  }

  /** How it is set, where that is not as it is by itself: for a link. */
  get state(): State {
    return {};
  }

  /** Sets it as a link says, before anything is shown. */
  restore(_state: State): void {}

  /** Another photo is shown: what was set for the one before is of no use. */
  forget(): void {}

  /** Another photo, class or setting: what is under way ends, and begins again with these. */
  update(shown: Shown): void {
    this.cancel();
    this.#due = shown;
    // On paper, what is of another photo or class is left out.
    delete this.section.dataset.shown;
    if (this.#inSight) void this.#start();
  }

  /** Other colours for what is shown; nothing is computed anew, and nothing that is under way ends. */
  repaint(): void {
    if (this.#shown !== undefined && this.#due === undefined) this.#repaints.ask();
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

  /** Paints what was computed, in the colours of now. A bench without such colours has nothing to do. */
  protected async paint(_shown: Shown, _signal: AbortSignal): Promise<void> {}

  protected get shown(): Shown | undefined {
    return this.#shown;
  }

  /**
   * Something that the visitor does on this bench, under the signal of what is shown, with its errors in
   * words. Work in other workers (`elsewhere`) may crash without taking the forward pass with it.
   */
  protected async attempt(
    work: (shown: Shown, signal: AbortSignal) => Promise<void>,
    elsewhere = false,
  ): Promise<void> {
    const shown = this.#shown;
    const { signal } = this.#work;
    if (shown === undefined || signal.aborted) return;
    this.#status.textContent = "";
    try {
      await work(shown, signal);
    } catch (error) {
      if (signal.aborted || hasCode(error, "aborted")) return;
      const crashed = !elsewhere && hasCode(error, "engine-crashed", "engine-unavailable");
      if (crashed || hasCode(error, "run-lost")) this.onLost(shown);
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
    await this.attempt(async (shown, signal) => {
      await this.show(shown, signal);
      if (!signal.aborted) this.section.dataset.shown = "";
    });
    if (this.#work === work) this.section.ariaBusy = "false";
  }
}
