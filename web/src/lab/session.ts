/**
 * The photo on the page and its explanations.
 *
 * The latest request wins. A new photo ends the work on the previous one, a new class or setting ends the
 * previous maps, and a map that comes too late is never painted.
 */
import type { Candling } from "../candling.js";
import { sentence } from "../words/sentence.js";
import type { Answers } from "./answers.js";
import { byId } from "../dom/page.js";
import type { Experiment, LabState } from "./experiment.js";
import { clearMessage, showMessage } from "../dom/message.js";
import { classAt } from "./pointing.js";
import type { Settings } from "./settings.js";
import { markSample, type LabPhoto } from "./sources.js";
import { hasCode } from "./words.js";
import type { Why } from "./why.js";
import { itemAt } from "../platform/known.js";

const page = byId("lab", HTMLElement);

/** A photo that is being opened. */
interface Opening {
  readonly picture: LabPhoto | Promise<LabPhoto>;
  /** The class to explain. Default: the top one. */
  target: number | undefined;
  readonly end: AbortController;
}

export class LabSession {
  readonly #network: Promise<Candling>;
  readonly #settings: Settings;
  readonly #answers: Answers;
  readonly #why: Why;
  readonly #experiments: Experiment[] = [];
  #opening: Opening | undefined;
  #shown: LabState | undefined;
  /** Ends the maps that are being computed. */
  #mapping: AbortController | undefined;
  #wished: number | undefined;
  /**
   * Whether a crash was recovered from: the photo is run again once, not for ever. The visitor's next action
   * resets it.
   */
  #recovered = false;
  /** Whether the page shows the predictions of the photo that is being opened. */
  #answered = false;
  /** Called for every new photo, class and setting that is shown. */
  onShown: (shown: LabState) => void = () => {};

  constructor(network: Promise<Candling>, settings: Settings, answers: Answers, why: Why) {
    this.#network = network;
    this.#settings = settings;
    this.#answers = answers;
    this.#why = why;
    settings.onChange = (what) => {
      if (what === "fit") this.runAgain();
      if (what === "question") this.#again();
      if (what === "colours") this.#repaint();
    };
  }

  /** Adds an experiment, which follows photo, class and settings from now on. */
  add(experiment: Experiment): void {
    this.#experiments.push(experiment);
    experiment.onLost = ({ picture, target }) => {
      if (this.#recovered || this.#opening !== undefined) return;
      this.#recovered = true;
      void this.open(picture, target, true);
    };
    if (this.#shown !== undefined && this.#opening === undefined && this.#mapping === undefined)
      experiment.update(this.#shown);
  }

  /** Whether a photo is shown or being opened. */
  get inUse(): boolean {
    return this.#opening !== undefined || this.#shown !== undefined;
  }

  get shown(): LabState | undefined {
    return this.#shown;
  }

  /** Sets whether the page shows precomputed predictions for the photo that was opened last. */
  set answered(answered: boolean) {
    this.#answered = answered;
    this.#busy();
  }

  /** The class that was chosen before any photo was opened. */
  get wished(): number | undefined {
    return this.#wished;
  }

  /**
   * Opens a photo: its forward pass, then its maps. Waits for the network if need be. If it fails, the page
   * says so and keeps what it showed.
   */
  async open(picture: LabPhoto | Promise<LabPhoto>, target?: number, afterCrash = false): Promise<void> {
    this.#opening?.end.abort();
    this.#stopMaps();
    if (!afterCrash) this.#recovered = false;
    const opening: Opening = { picture, target, end: new AbortController() };
    const { signal } = opening.end;
    this.#opening = opening;
    this.#answered = false;
    this.#busy();
    let failed: unknown;
    try {
      await this.#forward(opening);
    } catch (error) {
      failed = error;
    }
    if (signal.aborted) return;
    this.#opening = undefined;
    if (failed === undefined) {
      // after a crash, the message may be about another photo
      if (!afterCrash) clearMessage();
      const [note] = this.#shown?.run.notes ?? [];
      if (note !== undefined) showMessage(sentence(note));
    } else {
      markSample(this.#shown?.picture.sample);
      showMessage(sentence(failed));
    }
    await this.#map(afterCrash);
  }

  /**
   * Explains another class of the same photo, without a forward pass. While a photo is being opened, the
   * class of that one.
   */
  async ask(target: number): Promise<void> {
    if (this.#opening !== undefined) {
      this.#opening.target = target;
      if (this.#answered) this.#answers.choose(target);
    } else if (this.#shown !== undefined) {
      this.#shown.target = target;
      this.#recovered = false;
      this.#answers.choose(target);
      clearMessage();
      await this.#map();
    } else {
      this.#wished = target;
      this.#answers.choose(target);
    }
  }

  /** Explains the class with evidence at a point, in shares of the photo. */
  async askAt(x: number, y: number): Promise<void> {
    const shown = this.#shown;
    const isOver = () => this.#opening !== undefined || this.#shown !== shown;
    if (shown === undefined) return showMessage("The picture answers as soon as the network is loaded.");
    if (isOver()) return;
    try {
      const found = await classAt(shown, x, y);
      if (isOver()) return;
      if (found === undefined)
        showMessage(
          "None of the answers has its evidence there. Point at something else, or ask for a class by its name.",
        );
      else await this.ask(found);
    } catch (error) {
      if (!isOver()) showMessage(sentence(error));
    }
  }

  /** Repeats photo and class from the forward pass on, after its preparation or backend has changed. */
  runAgain(): void {
    const photo = this.#opening ?? this.#shown;
    if (photo !== undefined) void this.open(photo.picture, photo.target);
  }

  /** Repeats photo and class by another method or at another layer. */
  #again(): void {
    this.#recovered = false;
    clearMessage();
    void this.#map();
  }

  #repaint(): void {
    this.#why.repaint();
    for (const experiment of this.#experiments) experiment.repaint();
    if (this.#shown !== undefined) this.onShown(this.#shown);
  }

  async #forward(opening: Opening): Promise<void> {
    const picture = await opening.picture;
    const candling = await this.#network;
    const { fit } = this.#settings;
    const run = await candling.run(picture.source, { fit, signal: opening.end.signal });
    this.#shown?.run.free();
    // a link may name a class that this network does not have
    const { target: asked = Number.POSITIVE_INFINITY } = opening;
    const target = asked < candling.labels.length ? asked : itemAt(run.predictions, 0).index;
    this.#shown = { candling, picture, run, fit, labels: candling.labels, target };
    markSample(picture.sample);
    this.#answers.show(run.predictions, target);
    this.#why.showPhoto(this.#shown);
  }

  async #map(afterCrash = false): Promise<void> {
    this.#stopMaps();
    // a class that was chosen meanwhile is explained
    const shown = this.#shown;
    if (this.#opening !== undefined || shown === undefined) return this.#busy();
    const mapping = new AbortController();
    this.#mapping = mapping;
    this.#busy();
    try {
      await this.#why.show(shown, mapping.signal, afterCrash);
    } catch (error) {
      if (mapping.signal.aborted) return;
      // the views show all other errors as messages
      if (hasCode(error, "engine-crashed", "run-lost")) return this.open(shown.picture, shown.target, true);
      throw error;
    }
    if (mapping.signal.aborted) return;
    this.#mapping = undefined;
    this.#busy();
    this.onShown(shown);
    for (const experiment of this.#experiments) experiment.update(shown);
  }

  #stopMaps(): void {
    this.#mapping?.abort();
    this.#mapping = undefined;
    for (const experiment of this.#experiments) experiment.cancel();
  }

  #busy(): void {
    this.#answers.waiting = this.#opening !== undefined && !this.#answered;
    page.setAttribute("aria-busy", String(this.#opening !== undefined || this.#mapping !== undefined));
  }
}
