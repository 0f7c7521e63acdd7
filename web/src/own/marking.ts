/** The marking of a region in the photo that is open, and the share of its map's evidence that lies inside. */
import { evidenceIn, type Measured } from "../bias/examine.js";
import type { Mask } from "../bias/mask.js";
import type { Trainer } from "../bias/trainer.js";
import type { Explanation } from "../candling.js";
import { announceAtRest } from "../dom/message.js";
import { byId, fillOptions } from "../dom/page.js";
import { reading } from "../words/maps.js";
import { methodName } from "../words/methods.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { Pane } from "./pane.js";
import { maskIn, type Photo } from "./photo.js";
import type { Session } from "./session.js";
import { count } from "./words.js";

const NOTHING = "\u00a0";

export class Marking {
  readonly #session: Session;
  readonly #trainer: Trainer;
  readonly #pane = new Pane();
  readonly #regions = byId("viewer-region", HTMLSelectElement);
  readonly #share = byId("share", HTMLElement);
  readonly #hint = byId("region-hint", HTMLElement);
  readonly #ofClass = byId("region-class", HTMLButtonElement);
  #photo: Photo | undefined;
  #size = { width: 1, height: 1 };
  #map: Explanation | undefined;
  /** Of what was asked last: earlier answers come too late. */
  #turn = 0;

  constructor(session: Session, trainer: Trainer) {
    this.#session = session;
    this.#trainer = trainer;
    this.#pane.onChange = (mask, final) => this.#marked(mask, final);
    this.#ofClass.addEventListener("click", () => this.#everywhere(true));
    byId("region-all", HTMLButtonElement).addEventListener("click", () => this.#everywhere(false));
    byId("region-clear", HTMLButtonElement).addEventListener("click", () => {
      if (this.#photo === undefined) return;
      session.mark(this.#photo, session.region, undefined);
      this.#lay();
    });
    this.#regions.addEventListener("change", () => {
      const chosen = session.regions.find(({ id }) => String(id) === this.#regions.value);
      if (chosen !== undefined) session.region = chosen;
      this.#lay();
    });
  }

  /** A photo of this size. */
  show(photo: Photo | undefined, size: { readonly width: number; readonly height: number }): void {
    this.#photo = photo;
    this.#size = size;
    const of = photo === undefined ? undefined : this.#session.classOf(photo);
    this.#ofClass.textContent = `The same in all of ${of?.name || "this class"}`;
    this.#lay();
  }

  /** The map that is measured; undefined while there is none. */
  set map(map: Explanation | undefined) {
    this.#map = map;
    this.#measure();
  }

  #lay(): void {
    const { regions, region } = this.#session;
    fillOptions(this.#regions, regions.map(({ id, name }) => [String(id), name] as const));
    this.#regions.value = String(region.id);
    this.#pane.show(this.#mask, this.#size.width, this.#size.height);
    this.#explain();
    this.#measure();
  }

  /** Where the region lies in this photo. */
  get #mask(): Mask | undefined {
    return this.#photo === undefined ? undefined : maskIn(this.#photo, this.#session.region);
  }

  #explain(): void {
    const photo = this.#photo;
    const isOwn = photo?.masks.has(this.#session.region.id) ?? true;
    const ofAll = "The same place as in others. What you mark now counts for this photo only.";
    this.#hint.textContent = isOwn ? NOTHING : this.#mask === undefined ? "Nothing is marked here yet." : ofAll;
  }

  #marked(mask: Mask, final: boolean): void {
    if (this.#photo === undefined) return;
    if (final) {
      this.#session.mark(this.#photo, this.#session.region, mask);
      this.#explain();
    }
    this.#measure(mask);
  }

  /** Marks the same place in all photos of the class, or in all there are. */
  #everywhere(inClass: boolean): void {
    const photo = this.#photo;
    const mask = this.#mask;
    const of = photo === undefined ? undefined : this.#session.classOf(photo);
    if (mask === undefined || of === undefined) {
      this.#hint.textContent = "Mark the region in this photo first.";
      return;
    }
    const { region, photos } = this.#session;
    this.#session.markAll(region, mask, inClass ? of : undefined);
    const others = [...photos.values()].filter((other) => other !== photo && (!inClass || other.classId === of.id));
    const own = others.filter(({ masks }) => masks.has(region.id)).length;
    const kept = own === 0 ? "" : own === 1 ? "; 1 keeps what is marked in it" : `; ${own} keep what is marked in them`;
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
    if (mask === undefined) return show(`${methodName(map)}, ${reading(map)}.`);
    const { name } = this.#session.region;
    void evidenceIn(this.#trainer, measurable(map), mask).then((share) => {
      if (turn !== this.#turn) return;
      if (share === undefined) return show("This map has no evidence to measure.");
      show(`${percent(share)} of the evidence lies in “${name}”.`, share);
      announceAtRest(this.#share.textContent ?? "");
    }, (error) => show(sentence(error)));
  }
}

/** A map of one channel as it is; of a map with three, how strong it is at each place. */
function measurable(map: Explanation): Measured {
  const { data, channels, height, width, view, run } = map;
  if (channels === 1) return map;
  const cells = height * width;
  const strength = Float32Array.from({ length: cells }, (_, at) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += Math.abs(data[channel * cells + at] ?? 0);
    return sum;
  });
  return { data: strength, height, width, view, run };
}
