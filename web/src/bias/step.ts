/** A step of the lesson: a button, the result, and the way to the next step. */
import { LongRun } from "../dom/long-run.js";
import { announce, clearMessage, showMessage } from "../dom/message.js";
import { byId, found } from "../dom/page.js";
import { sentence } from "../words/sentence.js";

export type CountProgress = (done: number, total: number) => void;

export abstract class LessonStep {
  readonly section: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #status: HTMLElement;
  #opened = false;
  /** Called each time the step is completed. */
  onDone: () => void = () => {};
  /** Called when a run is aborted or fails; later steps become invalid. */
  onUndone: () => void = () => {};
  /** Called when a run begins and ends: meanwhile other steps must not replace what it uses. */
  onBusy: (busy: boolean) => void = () => {};

  /** `id` is the id of its section; those of its button and bar are `ID-go` and `ID-bar`. */
  constructor(id: string) {
    this.section = byId(id, HTMLElement);
    this.#button = byId(`${id}-go`, HTMLButtonElement);
    this.#status = found(this.section, ".status", HTMLElement);
    new LongRun(`${id}-go`, `${id}-bar`, (progress, end) => this.#attempt(progress, end));
  }

  /** Enables the step. */
  open(): void {
    this.#opened = true;
    this.#button.disabled = false;
    if (this.section.dataset.state === "closed") this.section.dataset.state = "open";
    if (this.section.dataset.state === "open") this.tell("");
  }

  /** Disables the step, with a reason. */
  close(why: string): void {
    this.#opened = false;
    this.#button.disabled = true;
    this.section.dataset.state = "closed";
    this.tell(why);
  }

  /** Marks its result as out of date, with a reason. */
  outdate(why: string): void {
    if (this.section.dataset.state !== "done") return this.open();
    this.section.dataset.state = "open";
    this.tell(why);
  }

  /** Disables the button while another step runs. */
  rest(resting: boolean): void {
    this.#button.disabled = resting || !this.#opened;
  }

  protected abstract work(progress: CountProgress, signal: AbortSignal): Promise<void>;

  /** Shows the progress under the button. It is not announced, as it changes many times a second. */
  protected tell(words: string): void {
    this.#status.textContent = words;
  }

  /** Shows and announces the result. */
  protected conclude(words: string): void {
    this.tell(words);
    announce(words);
  }

  async #attempt(progress: CountProgress, signal: AbortSignal): Promise<void> {
    this.section.ariaBusy = "true";
    this.onBusy(true);
    try {
      await this.work(progress, signal);
      clearMessage();
      this.section.dataset.state = "done";
      this.onDone();
    } catch (error) {
      // errors that follow from the visitor's Cancel are not shown
      this.section.dataset.state = "open";
      this.onUndone();
      if (signal.aborted) return this.conclude("Cancelled. What it has looked at is kept: press it again.");
      this.tell("");
      showMessage(sentence(error));
    } finally {
      this.section.ariaBusy = "false";
      this.onBusy(false);
    }
  }
}
