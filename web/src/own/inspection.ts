/** Inspection of the model: every photo examined, measured in the region, and summarised. */
import { examine } from "../bias/examine.js";
import { byId } from "../dom/page.js";
import { sentence } from "../words/sentence.js";
import { type Basis, basisOf } from "./basis.js";
import { layerOf, measure, type Row, rowsOf, summaries, type Summary } from "./findings.js";
import { Job } from "./job.js";
import { forecast, lookAtAll } from "./looking.js";
import { labelOf } from "./model.js";
import type { Network } from "./network.js";
import { inOrder, maskIn, namesOfNoted, type StoredPhoto, type Region } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { ResultSheet } from "./sheet.js";
import { coalesce } from "./coalesce.js";
import { showSummary } from "./summary-table.js";
import { showError, clearError } from "./voice.js";
import { count, listed, warned, wasAborted } from "./words.js";

/** Number of photos above which they are examined only on request. */
const UNASKED = 500;
/** Side of the sheet's pictures, which are painted while a photo is examined. */
const SIDE = 224;

export class Inspection {
  readonly #session: PhotoSession;
  readonly #network: Network;
  readonly #button = byId("examine", HTMLButtonElement);
  readonly #job = new Job("examining", this.#button);
  readonly #sheet: ResultSheet;
  readonly #refresh: () => void;
  #found = 0;
  /** Called whenever the data to export changed. */
  onShown: () => void = () => {};

  constructor(
    session: PhotoSession,
    network: Network,
    onOpen: (photo: StoredPhoto, among: readonly StoredPhoto[]) => void,
  ) {
    this.#session = session;
    this.#network = network;
    this.#sheet = new ResultSheet(session, network, onOpen);
    // the intervals of thousands of photos take time to compute
    this.#refresh = coalesce(
      () => (this.#job.running ? 700 : 100),
      () => this.show(),
    );
    this.#button.addEventListener("click", () => void this.#examine());
    session.follow((what) => {
      if (what === "model") {
        this.#job.stop();
        this.#say();
      }
      if (what === "photos") this.#say();
      if (what !== "looks") this.#refresh();
    });
  }

  /** Number of photos with results to export. */
  get found(): number {
    return this.#found;
  }

  /** Starts without being asked if that does not take long. */
  begin(): void {
    if (this.#due().length <= UNASKED) void this.#examine();
  }

  /** Resets after everything was cleared. */
  forget(): void {
    this.#job.blank();
    this.#say();
  }

  /** Photos that the current model has not examined, of classes that it knows. */
  #due(): readonly StoredPhoto[] {
    const { model } = this.#session;
    if (model === undefined) return [];
    const { classes } = this.#session;
    const known = classes.filter((of) => labelOf(model, of, classes) !== undefined);
    return known
      .flatMap((of) => inOrder(this.#session.photosOf(of)))
      .filter(({ finding, unreadable }) => finding === undefined && unreadable === undefined);
  }

  async #examine(): Promise<void> {
    const { model } = this.#session;
    if (model === undefined) return;
    try {
      await this.#job.run(async (progress, signal) => {
        progress("Loading the model…");
        const candling = await this.#network.judge(model);
        const look = async (photo: StoredPhoto) => {
          const canvas = this.#sheet.canvasFor(photo);
          const finding = await examine(candling, photo.blob, {
            signal,
            ...(canvas === undefined ? {} : { place: { canvas, size: SIDE } }),
          });
          if (this.#session.model !== model) return;
          await this.#session.found(photo, finding);
          this.#sheet.painted(photo);
        };
        await lookAtAll(
          this.#session,
          this.#due(),
          look,
          (photo, unreadable) => this.#session.looked(photo, { unreadable }),
          progress,
          signal,
        );
        clearError("examining");
        return this.#words();
      });
    } catch (error) {
      if (this.#session.model === model && !wasAborted(error)) showError("examining", sentence(error));
    }
    if (!this.#job.running) this.#say();
    this.#refresh();
  }

  #say(): void {
    if (this.#job.running) return;
    const isDone = this.#due().length === 0;
    if (isDone && document.activeElement === this.#button) byId("examining-text", HTMLElement).focus();
    this.#button.disabled = isDone;
    this.#job.words = this.#words();
  }

  #words(): string {
    const { model, classes } = this.#session;
    if (model === undefined) return "Train a model first, or open one.";
    const strange = classes.filter(
      (of) => labelOf(model, of, classes) === undefined && this.#session.photosOf(of).length > 0,
    );
    const unknown =
      strange.length === 0
        ? ""
        : ` The model does not know ${listed(strange.map(({ name }) => name || "a class without a name"))}: train again.`;
    const due = this.#due().length;
    if (due > 0) {
      const all = `${count(due, "photo")} ${due === 1 ? "has" : "have"} to be examined before there is anything to see of ${due === 1 ? "it" : "them"}`;
      return `${forecast(this.#session, due, all)}${unknown}`;
    }
    const found = [...this.#session.photos.values()].filter(({ finding }) => finding !== undefined).length;
    if (found === 0) return `There are no photos to examine.${unknown}`;
    const { region, photos } = this.#session;
    const marked = [...photos.values()].some((photo) => maskIn(photo, region) !== undefined);
    const noted = warned(namesOfNoted(photos.values()));
    return `${count(found, "photo")} examined.${noted}${marked ? "" : ` Open one, and mark “${region.name}” there to measure it.`}${unknown}`;
  }

  /** Returns the rows of all photos, class by class, measured in the current region, and their summaries. */
  async audit(): Promise<{
    readonly rows: readonly Row[];
    readonly summary: readonly Summary[];
    readonly region: Region;
    readonly basis: Basis;
  }> {
    const { region, classes } = this.#session;
    await measure(this.#session, this.#network.examiner, region);
    const rows = rowsOf(
      this.#session,
      classes.flatMap((of) => inOrder(this.#session.photosOf(of))),
      region,
    );
    const [summary, basis] = await Promise.all([
      summaries(this.#network.examiner, rows),
      basisOf(this.#session, this.#network.examiner, rows, region),
    ]);
    return { rows, summary, region, basis };
  }

  /** Shows the current results of all photos. */
  async show(): Promise<void> {
    const audit = await this.audit().catch((error) => showError("examining", sentence(error)));
    if (audit === undefined) return;
    const { rows, summary, region, basis } = audit;
    this.#found = rows.filter(({ predicted }) => predicted !== "").length;
    showSummary(summary, region.name, layerOf(rows) ?? "", this.#session.model?.lesson !== undefined, basis);
    this.#sheet.show(rows);
    this.#say();
    this.onShown();
  }
}
