/** Marking of a region in the open photo, and the share of its map's evidence inside. */
import type { Measured } from "../bias/examine.js";
import { measureInside } from "../bias/inside.js";
import type { Mask } from "../bias/mask.js";
import type { Trainer } from "../bias/trainer.js";
import type { Explanation } from "../candling.js";
import { byId, fillOptions } from "../dom/page.js";
import { peakText } from "../words/maps.js";
import { methodName } from "../words/methods.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { isMarked } from "./area.js";
import { NOWHERE, type Places } from "./marks.js";
import { Pane } from "./pane.js";
import { maskIn, type StoredPhoto, type Region } from "./photo.js";
import { substance } from "./question.js";
import type { PhotoSession } from "./session.js";
import { announceDebounced } from "./voice.js";
import { count } from "./words.js";
import { itemAt } from "../platform/known.js";

const NOTHING = "\u00a0";

export class Marking {
  readonly #session: PhotoSession;
  readonly #trainer: Trainer;
  readonly #pane = new Pane();
  readonly #regions = byId("viewer-region", HTMLSelectElement);
  readonly #share = byId("share", HTMLElement);
  readonly #hint = byId("region-hint", HTMLElement);
  readonly #ofClass = byId("region-class", HTMLButtonElement);
  readonly #undo = byId("region-undo", HTMLButtonElement);
  #photo: StoredPhoto | undefined;
  /** The mask before the last change in this photo; after an undo, the mask before that. */
  #before: { readonly region: Region; readonly places: Places } | undefined;
  #size = { width: 1, height: 1 };
  #map: Explanation | undefined;
  /** Number of the last question; answers to earlier ones are ignored. */
  #turn = 0;

  constructor(session: PhotoSession, trainer: Trainer) {
    this.#session = session;
    this.#trainer = trainer;
    this.#pane.onChange = (mask, final) => this.#marked(mask, final);
    this.#ofClass.addEventListener("click", () => this.#everywhere(true));
    byId("region-all", HTMLButtonElement).addEventListener("click", () => this.#everywhere(false));
    byId("region-clear", HTMLButtonElement).addEventListener("click", () => {
      const photo = this.#photo;
      if (photo === undefined) return;
      const isOwn = photo.masks.has(session.region.id);
      if (isOwn) this.#change(() => session.marks.mark(photo, session.region, undefined));
      else if (this.#mask !== undefined)
        this.#hint.textContent =
          "It lies here because it does in other photos: “Clear it everywhere” removes it from all.";
    });
    byId("region-clear-all", HTMLButtonElement).addEventListener("click", () => {
      const { marks, region } = session;
      const marked = marks.marked(region);
      if (marked > 0) this.#change(() => marks.place(region, NOWHERE));
      this.#hint.textContent =
        marked > 0
          ? `“${region.name}” is marked in no photo now; it was in ${marked.toLocaleString("en-GB")}.`
          : "It is marked nowhere.";
    });
    this.#undo.addEventListener("click", () => this.#goBack());
    this.#regions.addEventListener("change", () => {
      const chosen = session.regions.find(({ id }) => String(id) === this.#regions.value);
      if (chosen !== undefined) session.region = chosen;
      this.#forget();
      this.#lay();
    });
  }

  /** Shows the region of a photo of this size. */
  show(photo: StoredPhoto | undefined, size: { readonly width: number; readonly height: number }): void {
    if (photo !== this.#photo) this.#forget();
    this.#photo = photo;
    this.#size = size;
    const of = photo === undefined ? undefined : this.#session.classOf(photo);
    this.#ofClass.textContent = `The same in all of ${of?.name || "this class"}`;
    this.#lay();
  }

  /** The map to measure; undefined while there is none. */
  set map(map: Explanation | undefined) {
    this.#map = map;
    this.#measure();
  }

  // ---- to and fro ----

  /** Changes the mask of the region in a way that can be undone. */
  #change(change: () => void): void {
    this.#remember(false);
    change();
    this.#lay();
  }

  #remember(isUndone: boolean): void {
    const { marks, region } = this.#session;
    this.#before = { region, places: marks.places(region) };
    this.#undo.disabled = false;
    this.#undo.textContent = isUndone ? "Redo" : "Undo";
  }

  #goBack(): void {
    const before = this.#before;
    if (before === undefined) return;
    // the button keeps the focus and now does the opposite
    this.#remember(this.#undo.textContent === "Undo");
    this.#session.marks.place(before.region, before.places);
    this.#lay();
  }

  #forget(): void {
    this.#before = undefined;
    this.#undo.disabled = true;
    this.#undo.textContent = "Undo";
  }

  #lay(): void {
    const { regions, region } = this.#session;
    fillOptions(
      this.#regions,
      regions.map(({ id, name }) => [String(id), name] as const),
    );
    this.#regions.value = String(region.id);
    this.#pane.show(this.#mask, this.#size.width, this.#size.height);
    this.#explain();
    this.#measure();
  }

  /** The mask of the region in this photo. */
  get #mask(): Mask | undefined {
    return this.#photo === undefined ? undefined : maskIn(this.#photo, this.#session.region);
  }

  #explain(): void {
    const photo = this.#photo;
    const isOwn = photo?.masks.has(this.#session.region.id) ?? true;
    const ofAll = "The same place as in others. What you mark now counts for this photo only.";
    this.#hint.textContent = isOwn
      ? NOTHING
      : this.#mask === undefined
        ? "Nothing is marked here yet."
        : ofAll;
  }

  #marked(mask: Mask, final: boolean): void {
    const photo = this.#photo;
    if (photo === undefined) return;
    const isThere = isMarked(mask);
    if (final) {
      this.#remember(false);
      this.#session.marks.mark(photo, this.#session.region, mask);
      // without a mask of its own, the photo has that of the others
      if (!isThere) this.#lay();
      this.#explain();
    }
    this.#measure(isThere ? mask : this.#mask);
  }

  /** Marks the same place in all photos of the class, or in all photos. */
  #everywhere(inClass: boolean): void {
    const photo = this.#photo;
    const mask = this.#mask;
    const of = photo === undefined ? undefined : this.#session.classOf(photo);
    if (mask === undefined || of === undefined) {
      this.#hint.textContent = "Mark the region in this photo first.";
      return;
    }
    const { region, photos } = this.#session;
    this.#change(() => this.#session.marks.markAll(region, mask, inClass ? of : undefined));
    const others = [...photos.values()].filter(
      (other) => other !== photo && (!inClass || other.classId === of.id),
    );
    const own = others.filter(({ masks }) => masks.has(region.id)).length;
    const kept =
      own === 0 ? "" : own === 1 ? "; 1 keeps what is marked in it" : `; ${own} keep what is marked in them`;
    this.#hint.textContent = `The same place in ${count(others.length - own, "other photo")}${kept}.`;
  }

  #measure(mask = this.#mask): void {
    const turn = ++this.#turn;
    const map = this.#map;
    const show = (words: string, share: number | "" = "") => {
      this.#share.textContent = words;
      this.#share.dataset.share = String(share);
    };
    if (map === undefined) return show(NOTHING);
    if (mask === undefined) return show(`${methodName(map)}, ${peakText(map)}.`);
    const { name } = this.#session.region;
    void measureInside(this.#trainer, measurable(map), mask).then(
      ({ share, evenly }) => {
        if (turn !== this.#turn) return;
        if (share === undefined) return show("This map has no evidence to measure.");
        const even = evenly === undefined ? "" : `; ${percent(evenly)} if it were spread evenly`;
        show(
          `${percent(share)} of ${substance(map, this.#session.model?.labels ?? [])} lies in “${name}”${even}.`,
          share,
        );
        announceDebounced(this.#share.textContent ?? "");
      },
      (error) => show(sentence(error)),
    );
  }
}

/** A map of one channel as it is; the magnitude of a map of three channels. */
function measurable(map: Explanation): Measured {
  const { data, channels, height, width, view, run } = map;
  if (channels === 1) return map;
  const cells = height * width;
  const strength = Float32Array.from({ length: cells }, (_, at) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += Math.abs(itemAt(data, channel * cells + at));
    return sum;
  });
  return { data: strength, height, width, view, run };
}
