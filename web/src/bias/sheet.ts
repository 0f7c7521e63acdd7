/** A contact sheet: many small pictures, what a model said of each, and where it looked. */
import type { Candling } from "../candling.js";
import { make, pencil } from "../dom/page.js";
import { percent } from "../words/numbers.js";
import type { Finding } from "./ask.js";
import { examine, isFaded } from "./examine.js";
import type { Picture } from "./pictures.js";

/** Side of a picture on the sheet, in pixels of its canvas. */
export const THUMB = 160;

/** One picture on a sheet. */
export class Shot {
  picture: Picture;
  readonly element: HTMLElement;
  readonly #plain = make("canvas", { width: THUMB, height: THUMB });
  /** Gets the picture with its map, which is shown while the sheet is lit. */
  readonly lit = make("canvas", { width: THUMB, height: THUMB, className: "lit" });
  readonly #classes: readonly string[];
  finding: Finding | undefined;

  /** `onPress` makes it a button. */
  constructor(picture: Picture, classes: readonly string[], onPress?: (shot: Shot) => void) {
    this.picture = picture;
    this.#classes = classes;
    if (onPress === undefined) this.element = make("span", { className: "shot", role: "img" });
    else this.element = make("button", { type: "button", className: "shot", onclick: () => onPress(this) });
    this.element.append(this.#plain, this.lit);
    this.show(picture);
  }

  /** Puts another picture there, of which nothing is known yet. */
  show(picture: Picture): void {
    this.picture = picture;
    this.find(undefined);
    void createImageBitmap(picture.photo).then((bitmap) => {
      if (this.picture === picture) pencil(this.#plain).drawImage(bitmap, 0, 0, THUMB, THUMB);
      bitmap.close();
    });
  }

  /** What a model found. */
  find(finding: Finding | undefined): void {
    this.finding = finding;
    const { name, label, background } = this.picture;
    const known = `${this.#classes[label] ?? ""} on ${background}`;
    this.element.dataset.name = name;
    if (finding === undefined) {
      delete this.element.dataset.correct;
      this.element.ariaLabel = known;
      return;
    }
    const { predicted, probability, correct, evidence: share } = finding;
    Object.assign(this.element.dataset, { correct, predicted, evidence: share ?? "" });
    const where = share === undefined ? "" : `; ${percent(share)} of the evidence on the animal`;
    this.element.ariaLabel = `${known}: it says ${this.#classes[predicted] ?? ""}, ${percent(probability)}, ${correct ? "right" : "wrong"}${where}`;
  }
}

export class Sheet {
  readonly #list: HTMLElement;
  readonly #onPress: ((shot: Shot) => void) | undefined;
  #shots: readonly Shot[] = [];
  /** The model that is asked about it. */
  asked: Candling | undefined;

  /** `onPress` is told which picture was pressed; without it, they cannot be. */
  constructor(list: HTMLElement, onPress?: (shot: Shot) => void) {
    this.#list = list;
    this.#onPress = onPress;
  }

  get shots(): readonly Shot[] {
    return this.#shots;
  }

  /** Of those that were asked about, in their order. */
  get findings(): readonly Finding[] {
    return this.#shots.flatMap(({ finding }) => finding ?? []);
  }

  fill(pictures: readonly Picture[], classes: readonly string[]): void {
    this.#shots = pictures.map((picture) => new Shot(picture, classes, this.#onPress));
    this.#list.replaceChildren(...this.#shots.map(({ element }) => make("li", {}, element)));
  }

  /** Shows maps in the place of photos. */
  light(): void {
    this.#list.classList.add("is-lit");
  }

  /** Paints the maps that are there in other colours, which takes another look at each. */
  async repaint(signal: AbortSignal): Promise<void> {
    for (const { picture, lit, finding } of this.#shots) {
      if (this.asked === undefined || finding === undefined || !isFaded(lit)) continue;
      await examine(this.asked, picture.photo, { signal, place: { canvas: lit, size: THUMB } });
    }
  }

  /** How far its middle is from that of the window, in pixels. */
  get away(): number {
    const { top, bottom } = this.#list.getBoundingClientRect();
    return Math.abs((top + bottom - innerHeight) / 2);
  }

  /** Marks the one that is looked at. */
  choose(chosen: Shot): void {
    for (const shot of this.#shots) shot.element.ariaPressed = String(shot === chosen);
  }
}
