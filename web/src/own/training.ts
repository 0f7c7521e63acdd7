/** Training on the page: its progress, and the quality of the model. */
import { byId, make } from "../dom/page.js";
import { plot } from "../dom/plot.js";
import type { Mean, TrainingStep } from "../trainer/messages.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { Job } from "./job.js";
import { objection, teach, Unteachable } from "./lesson.js";
import { forecast, unseen } from "./looking.js";
import type { Network } from "./network.js";
import type { Lesson } from "./model.js";
import { namesOfNoted } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { coalesce } from "./coalesce.js";
import { showError, clearError } from "./voice.js";
import { count, rate, some, warned, wasAborted } from "./words.js";

/** Number of points of the curve, enough for its width. */
const POINTS = 120;
/** Number of held-out photos below which the interval says little, above all if all are right. */
const FEW = 20;
/** Milliseconds between two drawings of the curve. */
const REDRAW_MS = 80;

export class Training {
  readonly #session: PhotoSession;
  readonly #network: Network;
  readonly #button = byId("train", HTMLButtonElement);
  readonly #job = new Job("training", this.#button);
  /** Why the last attempt did not start. */
  #refused: string | undefined;
  /** Called when a head was trained. */
  onTrained: () => void = () => {};

  constructor(session: PhotoSession, network: Network) {
    this.#session = session;
    this.#network = network;
    this.#button.addEventListener("click", () => void this.#train());
    const hint = coalesce(120, () => this.#hint());
    session.follow((what) => {
      hint();
      if (what === "model") void this.show();
    });
    this.#hint();
  }

  stop(): void {
    this.#job.stop();
  }

  /** Resets after everything was cleared. */
  forget(): void {
    this.#job.blank();
  }

  async #train(): Promise<void> {
    clearError("training");
    this.#refused = objection(this.#session);
    if (this.#refused !== undefined) return showError("training", this.#refused);
    byId("verdict", HTMLElement).textContent = "\u00a0";
    let drawn = performance.now();
    const draw = (curve: readonly TrainingStep[]) => {
      if (performance.now() - drawn < REDRAW_MS) return;
      drawn = performance.now();
      this.#draw(curve);
    };
    const start = performance.now();
    try {
      await this.#job.run(async (progress, signal) => {
        const model = await teach(this.#session, this.#network, progress, draw, signal);
        this.#session.model = model;
        return `Trained in ${((performance.now() - start) / 1000).toFixed(1)} s.${this.#leftOut()}${warned(namesOfNoted(this.#session.photos.values()))}`;
      });
      this.onTrained();
    } catch (error) {
      // if everything was cleared meanwhile, nothing is kept
      if (this.#session.photos.size === 0) this.#job.words = "";
      else if (wasAborted(error))
        this.#job.say("Cancelled. What was looked at so far is kept, and is not looked at again.");
      else {
        this.#job.words = "";
        showError("training", error instanceof Unteachable ? error.message : sentence(error));
      }
      await this.show();
    } finally {
      this.#network.freeBase();
    }
  }

  /** Lists the photos that could not be read. */
  #leftOut(): string {
    const names = [...this.#session.photos.values()]
      .filter(({ unreadable }) => unreadable !== undefined)
      .map(({ name }) => name);
    if (names.length === 0) return "";
    return ` ${count(names.length, "photo")} could not be read, and ${names.length === 1 ? "was" : "were"} left out: ${some(names)}.`;
  }

  /** Shows what prevents training, or how long it will take. */
  #hint(): void {
    const due = unseen(this.#session).filter(({ unreadable }) => unreadable === undefined).length;
    const refused = objection(this.#session);
    if (this.#refused !== undefined && refused !== this.#refused) {
      this.#refused = undefined;
      clearError("training");
    }
    const all = `${count(due, "photo")} ${due === 1 ? "has" : "have"} to be looked at before the training can begin`;
    const words =
      due === 0 ? "All photos are looked at: this takes a moment." : forecast(this.#session, due, all);
    byId("train-hint", HTMLElement).textContent = refused ?? words;
    this.#button.textContent = this.#session.model?.lesson === undefined ? "Train" : "Train again";
  }

  /** Shows the quality of the current model. */
  async show(): Promise<void> {
    try {
      await this.#judge();
    } catch (error) {
      showError("training", sentence(error));
    }
  }

  async #judge(): Promise<void> {
    const { model } = this.#session;
    const lesson = model?.lesson;
    this.#draw(lesson?.curve ?? []);
    const box = byId("lesson-box", HTMLElement);
    const verdict = byId("verdict", HTMLElement);
    box.hidden = lesson === undefined;
    verdict.textContent = "\u00a0";
    if (model === undefined || lesson === undefined) return;
    const answers = answersOf(lesson);
    const held = await this.#network.examiner.answers(
      answers.filter((one) => one.heldOut).map((one) => one.correct),
    );
    if (this.#session.model !== model) return;
    verdict.textContent = verdictOf(answers, held);
    const rows = await Promise.all(
      model.labels.map(async (label, at) => {
        const own = answers.filter(({ right }) => right === at);
        const tests = own.filter((one) => one.heldOut);
        const mean = await this.#network.examiner.answers(tests.map((one) => one.correct));
        const lessons = own.filter((one) => !one.heldOut);
        return make(
          "tr",
          {},
          make("th", { scope: "row" }, label),
          make("td", {}, String(lessons.length)),
          make("td", {}, percent(lessons.filter((one) => one.correct).length / lessons.length)),
          make("td", {}, tests.length === 0 ? "none: one photo cannot be both" : String(tests.length)),
          make("td", {}, mean === undefined ? "–" : rate(mean)),
        );
      }),
    );
    const heads = ["Class", "To learn from", "Right", "Held out", "Right (95 % interval)"];
    byId("lesson", HTMLTableElement).replaceChildren(
      make("thead", {}, make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...rows),
    );
  }

  #draw(curve: readonly TrainingStep[]): void {
    const last = curve.at(-1);
    const first = curve[0]?.loss ?? 1;
    const every = Math.max(1, Math.floor(curve.length / POINTS));
    const points = curve.filter((_, at) => at % every === 0 || at === curve.length - 1);
    const lines = [
      {
        name: "right, of those it learns from",
        points: points.map(({ step, accuracy }) => [step, accuracy] as const),
      },
      {
        name: "loss, of what it was at first",
        points: points.map(({ step, loss }) => [step, loss / first] as const),
      },
    ];
    const label =
      last === undefined
        ? "No training yet"
        : `After ${last.step} steps ${percent(last.accuracy)} are right; the loss is ${percent(last.loss / first)} of what it was`;
    plot(byId("curve", HTMLElement), lines, label, { most: last?.of ?? 100, xName: "steps", yName: "share" });
  }
}

/** Whether the head is right about each photo. */
function answersOf({ answers, heldOut }: Lesson) {
  return [...answers].map(([digest, { given, right }]) => ({
    right,
    correct: given === right,
    heldOut: heldOut.has(digest),
  }));
}

function verdictOf(answers: ReturnType<typeof answersOf>, held: Mean | undefined): string {
  const lessons = answers.filter(({ heldOut }) => !heldOut);
  const right = lessons.filter(({ correct }) => correct).length;
  const learnt = `${right} of ${lessons.length} right, of those it learnt from (${percent(right / lessons.length)})`;
  if (held === undefined)
    return `${learnt}. None could be held out: how it does on photos that it has not seen is not known.`;
  const few =
    held.count < FEW ? ` ${held.count} are few to judge by; with more photos, more are held out.` : "";
  // too few photos have no interval, and their number is shown already
  const worth = held.interval === null ? "" : `: ${rate(held)}`;
  return `${learnt}; ${Math.round(held.mean * held.count)} of ${held.count} that it had not seen${worth}.${few}`;
}
