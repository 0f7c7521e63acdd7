/** Display of a training: download, pictures, loss and accuracy as they change, and the result. */
import { byId } from "../dom/page.js";
import { plot } from "../dom/plot.js";
import type { TrainingStep } from "../trainer/messages.js";
import { fetched } from "../words/numbers.js";
import type { TeachingCallbacks, Student } from "./classroom.js";
import type { CountProgress } from "./step.js";

/** Shortest time between two drawings of the lines, a frame. */
const FRAME_MS = 16;

/** Number of steps that is assumed before the first is reported. */
const STEPS = 400;

export class TrainingFigure {
  readonly #figure: HTMLElement;
  readonly #learnt: HTMLElement;
  #steps: TrainingStep[] = [];
  #drawn = 0;

  /** The page has a figure `NAME-plot` and a line `NAME-learnt`. */
  constructor(name: string) {
    this.#figure = byId(`${name}-plot`, HTMLElement);
    this.#learnt = byId(`${name}-learnt`, HTMLElement);
    this.#draw();
  }

  /** Restarts the display; `tell` shows the progress in words. */
  watch(tell: (words: string) => void, progress: CountProgress): TeachingCallbacks {
    this.#steps = [];
    return {
      onProgress({ loaded, total }) {
        tell(`Loading the network: ${fetched(loaded, total)}`);
        if (total !== undefined) progress(loaded, total);
      },
      onLook(done, total) {
        tell(`Looking at the photos: ${done} of ${total}`);
        progress(done, total);
      },
      onStep: (step) => {
        this.#steps.push(step);
        const now = performance.now();
        if (step.step < step.of && now - this.#drawn < FRAME_MS) return;
        this.#drawn = now;
        progress(step.step, step.of);
        tell(`Learning: step ${step.step} of ${step.of}`);
        this.#draw();
      },
    };
  }

  report({ accuracy, milliseconds, examples }: Student): void {
    const right = Math.round(accuracy * examples);
    this.#learnt.textContent = `It learnt in ${(milliseconds / 1000).toFixed(2)} seconds, and gets ${right} of its ${examples} photos right.`;
    Object.assign(this.#learnt.dataset, { accuracy, milliseconds });
  }

  #draw(): void {
    const last = this.#steps.at(-1);
    const words =
      last === undefined
        ? "Loss and accuracy over the steps of the training; nothing yet"
        : `Loss and accuracy after ${last.step} steps: the loss is ${last.loss.toFixed(2)}, the accuracy ${Math.round(100 * last.accuracy)} %`;
    const lines = [
      { name: "accuracy", points: this.#steps.map(({ step, accuracy }) => [step, accuracy] as const) },
      { name: "loss", points: this.#steps.map(({ step, loss }) => [step, loss] as const) },
    ];
    plot(this.#figure, lines, words, { most: last?.of ?? STEPS, xName: "step", yName: "" });
  }
}
