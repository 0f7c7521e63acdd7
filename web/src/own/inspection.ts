/** Where the model looks: every photo examined, measured in the region, and summed up. */
import { say } from "../dom/message.js";
import { byId } from "../dom/page.js";
import { sentence } from "../words/sentence.js";
import { find, labelOf, measure, type Row, rowsOf, summaries, type Summary } from "./findings.js";
import { Job } from "./job.js";
import { forecast, lookAtAll } from "./looking.js";
import type { Network } from "./network.js";
import { byPath, type Photo } from "./photo.js";
import type { Session } from "./session.js";
import { Sheet } from "./sheet.js";
import { soon } from "./soon.js";
import { showSummary } from "./summary-table.js";
import { count, listed, wasAborted } from "./words.js";

/** More than so many are examined only when the visitor says so. */
const UNASKED = 500;
/** Of the sheet's pictures, which are painted while a photo is examined. */
const SIDE = 224;

export class Inspection {
  readonly #session: Session;
  readonly #network: Network;
  readonly #job = new Job("examining");
  readonly #button = byId("examine", HTMLButtonElement);
  readonly #sheet: Sheet;
  readonly #refresh: () => void;
  #rows: readonly Row[] = [];
  #summary: readonly Summary[] = [];
  /** Told whenever what there is to export changed. */
  onShown: () => void = () => {};

  constructor(session: Session, network: Network, onOpen: (photo: Photo, among: readonly Photo[]) => void) {
    this.#session = session;
    this.#network = network;
    this.#sheet = new Sheet(session, network, onOpen);
    this.#refresh = soon(250, () => this.#show());
    this.#button.addEventListener("click", () => void this.#examine());
    session.follow((what) => {
      if (what === "model") {
        this.#job.stop();
        this.#say();
      }
      if (what === "photos") this.#say();
      if (what !== "looks") this.#refresh();
    });
    this.#say();
    this.#refresh();
  }

  /** Every photo, class by class. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  get summary(): readonly Summary[] {
    return this.#summary;
  }

  /** Begins by itself where that does not take long. */
  begin(): void {
    if (this.#due().length <= UNASKED) void this.#examine();
  }

  stop(): void {
    this.#job.stop();
  }

  /** Photos that the present model has not looked at, of classes that it knows. */
  #due(): readonly Photo[] {
    const { model } = this.#session;
    if (model === undefined) return [];
    const known = this.#session.classes.filter((of) => labelOf(model, of) !== undefined);
    return known.flatMap((of) => [...this.#session.photosOf(of)].sort(byPath)).filter(({ finding, unreadable }) => finding === undefined && unreadable === undefined);
  }

  async #examine(): Promise<void> {
    const { model } = this.#session;
    if (model === undefined) return;
    try {
      await this.#job.run(async (progress, signal) => {
        progress("Loading the model…");
        const candling = await this.#network.judge(model);
        this.#button.disabled = true;
        const look = async (photo: Photo) => {
          const canvas = this.#sheet.canvasFor(photo);
          const finding = await find(candling, photo, signal, canvas === undefined ? undefined : { canvas, size: SIDE });
          if (this.#session.model !== model) return;
          await this.#session.found(photo, finding);
          this.#sheet.painted(photo);
        };
        await lookAtAll(this.#session, this.#due(), look, (photo, unreadable) => this.#session.looked(photo, { unreadable }), progress, signal);
        return this.#words();
      });
    } catch (error) {
      if (this.#session.model === model && !wasAborted(error)) say(sentence(error));
    }
    if (!this.#job.running) this.#say();
    this.#refresh();
  }

  #say(): void {
    if (this.#job.running) return;
    this.#button.disabled = this.#due().length === 0;
    this.#job.words = this.#words();
  }

  #words(): string {
    const { model, classes } = this.#session;
    if (model === undefined) return "Train a model first, or open one.";
    const strange = classes.filter((of) => labelOf(model, of) === undefined && this.#session.photosOf(of).length > 0);
    const unknown = strange.length === 0 ? "" : ` The model does not know ${listed(strange.map(({ name }) => name || "a class without a name"))}: train again.`;
    const due = this.#due().length;
    if (due > 0) return `${forecast(this.#session, due)}${unknown}`;
    const found = [...this.#session.photos.values()].filter(({ finding }) => finding !== undefined).length;
    return found === 0 ? `There are no photos to examine.${unknown}` : `${count(found, "photo")} examined.${unknown}`;
  }

  async #show(): Promise<void> {
    const { region } = this.#session;
    const ordered = this.#session.classes.flatMap((of) => [...this.#session.photosOf(of)].sort(byPath));
    await measure(this.#session, this.#network.trainer, region);
    const rows = rowsOf(this.#session, ordered, region);
    const summary = await summaries(this.#network.trainer, rows);
    this.#rows = rows;
    this.#summary = summary;
    showSummary(summary, region.name);
    this.#sheet.show(rows);
    this.onShown();
  }
}
