/** A contact sheet: many small pictures, the answer of a model for each, and its map. */
import type { Candling } from "../candling.js";
import { make, context2d } from "../dom/page.js";
import { percent } from "../words/numbers.js";
import type { Finding } from "./ask.js";
import { examine, hasOldColours } from "./examine.js";
import type { LessonPicture } from "./pictures.js";
import { itemAt } from "../platform/known.js";

/** Side of a picture on the sheet, in pixels of its canvas. */
export const THUMB = 160;

/** One picture on a sheet. */
export class Shot {
  picture: LessonPicture;
  readonly element: HTMLElement;
  readonly #plain = make("canvas", { width: THUMB, height: THUMB });
  /** The picture with its map, which is shown while the sheet shows maps. */
  readonly lit = make("canvas", { width: THUMB, height: THUMB, className: "lit" });
  readonly #classes: readonly string[];
  finding: Finding | undefined;

  /** Makes the picture, as a button if `onPress` is given. */
  constructor(picture: LessonPicture, classes: readonly string[], onPress?: (shot: Shot) => void) {
    this.picture = picture;
    this.#classes = classes;
    if (onPress === undefined) this.element = make("span", { className: "shot", role: "img" });
    else this.element = make("button", { type: "button", className: "shot", onclick: () => onPress(this) });
    this.element.append(this.#plain, this.lit);
    this.show(picture);
  }

  /** Replaces the picture by another one without a finding. */
  show(picture: LessonPicture): void {
    this.picture = picture;
    this.find(undefined);
    void createImageBitmap(picture.photo).then((bitmap) => {
      if (this.picture === picture) context2d(this.#plain).drawImage(bitmap, 0, 0, THUMB, THUMB);
      bitmap.close();
    });
  }

  /** Sets the finding. */
  find(finding: Finding | undefined): void {
    this.finding = finding;
    const { name, label, background } = this.picture;
    const known = `${itemAt(this.#classes, label)} on ${background}`;
    this.element.dataset.name = name;
    if (finding === undefined) {
      delete this.element.dataset.correct;
      this.element.ariaLabel = known;
      return;
    }
    const { predicted, probability, correct, evidence: share } = finding;
    Object.assign(this.element.dataset, { correct, predicted, evidence: share ?? "" });
    const where = share === undefined ? "" : `; ${percent(share)} of the evidence on the animal`;
    this.element.ariaLabel = `${known}: it says ${itemAt(this.#classes, predicted)}, ${percent(probability)}, ${correct ? "right" : "wrong"}${where}`;
  }
}

export class LessonSheet {
  readonly #list: HTMLElement;
  readonly #onPress: ((shot: Shot) => void) | undefined;
  #shots: readonly Shot[] = [];
  /** The model that answered. */
  asked: Candling | undefined;

  /** `onPress` is called with the picture that was pressed; without it, none can be. */
  constructor(list: HTMLElement, onPress?: (shot: Shot) => void) {
    this.#list = list;
    this.#onPress = onPress;
  }

  get shots(): readonly Shot[] {
    return this.#shots;
  }

  /** The findings of the answered pictures, in order. */
  get findings(): readonly Finding[] {
    return this.#shots.flatMap(({ finding }) => finding ?? []);
  }

  fill(pictures: readonly LessonPicture[], classes: readonly string[]): void {
    this.#shots = pictures.map((picture) => new Shot(picture, classes, this.#onPress));
    this.#list.replaceChildren(...this.#shots.map(({ element }) => make("li", {}, element)));
  }

  /** Shows maps in place of photos. */
  light(): void {
    this.#list.classList.add("is-lit");
  }

  /** Repaints the maps in other colours, for which each is computed again. */
  async repaint(signal: AbortSignal): Promise<void> {
    for (const { picture, lit, finding } of this.#shots) {
      if (this.asked === undefined || finding === undefined || !hasOldColours(lit)) continue;
      await examine(this.asked, picture.photo, { signal, place: { canvas: lit, size: THUMB } });
    }
  }

  /** Distance of its centre from that of the window in pixels. */
  get away(): number {
    const { top, bottom } = this.#list.getBoundingClientRect();
    return Math.abs((top + bottom - innerHeight) / 2);
  }

  /** Marks the current picture. */
  choose(chosen: Shot): void {
    for (const shot of this.#shots) shot.element.ariaPressed = String(shot === chosen);
  }
}
