/**
 * An experiment further down the page: it waits until it is visible, and then follows photo, class and
 * settings.
 */
import type { Candling, Fit, Run } from "../candling.js";
import { sentence } from "../words/sentence.js";
import { byId, found } from "../dom/page.js";
import { LatestOnly } from "./latest-only.js";
import type { State } from "./permalink.js";
import type { LabPhoto } from "./sources.js";
import { hasCode } from "./words.js";

/** The photo on the page, its forward pass, and the class that is explained. */
export interface LabState {
  readonly candling: Candling;
  readonly picture: LabPhoto;
  readonly run: Run;
  /** How the photo was fitted to the network's square. */
  readonly fit: Fit;
  readonly labels: readonly string[];
  target: number;
}

export abstract class Experiment {
  readonly section: HTMLElement;
  readonly #status: HTMLElement;
  #inSight = false;
  /** What to show once the experiment is visible. */
  #due: LabState | undefined;
  #shown: LabState | undefined;
  #work = new AbortController();
  readonly #repaints = new LatestOnly<void>(() => this.attempt((shown, signal) => this.paint(shown, signal)));
  /** Called after a crash that took the forward pass with it. */
  onLost: (shown: LabState) => void = () => {};
  /** Called when the visitor has changed a setting here. */
  onSet: () => void = () => {};

  constructor(id: string) {
    this.section = byId(id, HTMLElement);
    this.#status = found(this.section, ".status", HTMLElement);
    new IntersectionObserver(
      (entries) => {
        this.#inSight = entries.at(-1)?.isIntersecting ?? false;
        if (this.#inSight) void this.#start();
      },
      // a little before it comes into view
      { rootMargin: "200px" },
    ).observe(this.section);
  }

  /** Its settings that differ from the defaults: for a link. */
  get state(): State {
    return {};
  }

  /** Applies the settings of a link, before anything is shown. */
  restore(_state: State): void {}

  /** Resets the settings of the previous photo. */
  forget(): void {}

  /** Handles another photo, class or setting: ends the current work and starts again. */
  update(shown: LabState): void {
    this.cancel();
    this.#due = shown;
    // in print, results of another photo or class are left out
    delete this.section.dataset.shown;
    if (this.#inSight) void this.#start();
  }

  /** Repaints in other colours; computes nothing and ends no work. */
  repaint(): void {
    if (this.#shown !== undefined && this.#due === undefined) this.#repaints.request();
  }

  /** Ends the current work. */
  cancel(): void {
    this.#work.abort();
    this.#due = undefined;
  }

  /** Starts again because one of the experiment's own settings has changed. */
  protected again(): void {
    if (this.#shown !== undefined) this.update(this.#shown);
  }

  /** Computes and paints. `signal` ends it; an error is shown as a message. */
  protected abstract show(shown: LabState, signal: AbortSignal): Promise<void>;

  /** Repaints in the current colours. An experiment without such colours does nothing. */
  protected async paint(_shown: LabState, _signal: AbortSignal): Promise<void> {}

  protected get shown(): LabState | undefined {
    return this.#shown;
  }

  /**
   * Runs an action of the visitor in this experiment, ended with what is shown, with its errors as messages.
   * Work in other workers (`elsewhere`) may crash without losing the forward pass.
   */
  protected async attempt(
    work: (shown: LabState, signal: AbortSignal) => Promise<void>,
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
