/** The classes as cards: a name, photos, and inputs for more. */
import { byId, found, make } from "../dom/page.js";
import { sentence } from "../words/sentence.js";
import { Confirmed } from "./confirmed.js";
import { MOST_CLASSES, namesOfNoted, notesOf, type StoredPhoto, type PhotoClass } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { coalesce } from "./coalesce.js";
import { drawSmall, Thumbs } from "./thumbs.js";
import { announce } from "./voice.js";
import { count } from "./words.js";

/** Number of photos that are shown at first and added each time. */
const SHOWN = 24;
const MORE = 120;
/** Width of a thumbnail, in pixels. */
const THUMB = 144;

interface Card {
  readonly element: HTMLLIElement;
  /** Number of photos shown. */
  shown: number;
  readonly tiles: Map<string, HTMLLIElement>;
}

export class Cards {
  readonly #session: PhotoSession;
  readonly #list = byId("cards", HTMLOListElement);
  readonly #cards = new Map<PhotoClass, Card>();
  readonly #photos = new WeakMap<HTMLCanvasElement, StoredPhoto>();
  readonly #thumbs = new Thumbs(2, (canvas) => this.#paint(canvas));
  readonly #onOpen: (photo: StoredPhoto, among: readonly StoredPhoto[]) => void;
  readonly #onFiles: (of: PhotoClass, files: FileList) => void;

  constructor(
    session: PhotoSession,
    onOpen: (photo: StoredPhoto, among: readonly StoredPhoto[]) => void,
    onFiles: (of: PhotoClass, files: FileList) => void,
  ) {
    this.#session = session;
    this.#onOpen = onOpen;
    this.#onFiles = onFiles;
    byId("add-class", HTMLButtonElement).addEventListener("click", () => {
      const added = session.addClass();
      if (added !== undefined) this.#field(added)?.focus();
    });
    const refresh = coalesce(60, () => this.#refresh());
    session.follow((what) => {
      if (what === "classes") this.#lay();
      refresh();
    });
    this.#lay();
  }

  /** The class whose card an element is in. */
  classAt(element: Element): PhotoClass | undefined {
    const at = element.closest(".card");
    return [...this.#cards].find(([, card]) => card.element === at)?.[0];
  }

  #field(of: PhotoClass): HTMLInputElement | undefined {
    return this.#cards.get(of)?.element.querySelector("input") ?? undefined;
  }

  /** Makes one card for each class; existing cards stay, with whatever has the focus. */
  #lay(): void {
    const { classes } = this.#session;
    for (const [of, { element }] of this.#cards) {
      if (classes.includes(of)) continue;
      element.remove();
      this.#cards.delete(of);
    }
    for (const [at, of] of classes.entries()) {
      const card = this.#cards.get(of) ?? { element: this.#made(of), shown: SHOWN, tiles: new Map() };
      this.#cards.set(of, card);
      if (this.#list.children[at] !== card.element)
        this.#list.insertBefore(card.element, this.#list.children[at] ?? null);
      const field = found(card.element, "input", HTMLInputElement);
      field.ariaLabel = `Name of class ${at + 1}`;
      // while typing, the field may differ from the name by spaces at its end
      if (field.value.trim() !== of.name) field.value = of.name;
    }
    const full = classes.length >= MOST_CLASSES;
    byId("add-class", HTMLButtonElement).disabled = full;
    byId("add-class-hint", HTMLElement).textContent = full ? "Six classes are as many as there can be." : "";
    this.#refresh();
  }

  #made(of: PhotoClass): HTMLLIElement {
    const name = make("input", {
      type: "text",
      maxLength: 60,
      placeholder: "Name it: husky, wolf …",
      autocomplete: "off",
      spellcheck: false,
    });
    name.addEventListener("input", () => this.#session.renameClass(of, name.value.trim()));
    const remove = make("button", { type: "button", className: "remove" }, "Remove");
    new Confirmed(
      remove,
      () => {
        const photos = this.#session.photosOf(of).length;
        return photos === 0 ? undefined : `Remove ${count(photos, "photo")} too?`;
      },
      () => {
        announce(`The class ${of.name} was removed.`);
        this.#session.removeClass(of);
        byId("add-class", HTMLButtonElement).focus();
      },
    );
    const more = make("button", { type: "button", className: "more", hidden: true });
    more.addEventListener("click", () => {
      const card = this.#cards.get(of);
      if (card !== undefined) card.shown += MORE;
      this.#refresh();
    });
    return make(
      "li",
      { className: "card" },
      make("header", {}, name, remove),
      make("ul", { className: "photos" }),
      make("p", { className: "empty hint" }, "Drop photos or a folder here"),
      more,
      make("p", { className: "count hint" }),
      make(
        "div",
        { className: "buttons" },
        this.#chooser(of, "Photos…", false),
        this.#chooser(of, "Folder…", true),
      ),
    );
  }

  #chooser(of: PhotoClass, words: string, folder: boolean): HTMLElement {
    const input = make("input", { type: "file", multiple: true, hidden: true, webkitdirectory: folder });
    if (!folder) input.accept = "image/*";
    input.dataset.folder = String(folder);
    input.addEventListener("change", () => {
      if (input.files !== null && input.files.length > 0) this.#onFiles(of, input.files);
      input.value = ""; // so that the same ones can be chosen again
    });
    const button = make("button", { type: "button" }, words);
    button.addEventListener("click", () => input.click());
    return make("span", {}, button, input);
  }

  #refresh(): void {
    for (const [of, card] of this.#cards) this.#fill(of, card);
  }

  #fill(of: PhotoClass, { element, shown, tiles }: Card): void {
    const photos = this.#session.photosOf(of);
    const list = found(element, ".photos", HTMLUListElement);
    const first = photos.slice(0, shown);
    const present = new Set(first.map(({ digest }) => digest));
    for (const [digest, tile] of tiles) {
      if (present.has(digest)) continue;
      tile.remove();
      tiles.delete(digest);
    }
    for (const photo of first) {
      let tile = tiles.get(photo.digest);
      if (tile === undefined) {
        tile = this.#tile(photo, of);
        tiles.set(photo.digest, tile);
        list.append(tile);
      }
      this.#label(tile, photo);
    }
    found(element, ".empty", HTMLElement).hidden = photos.length > 0;
    list.hidden = photos.length === 0;
    const more = found(element, ".more", HTMLButtonElement);
    more.hidden = photos.length <= shown;
    more.textContent = `and ${(photos.length - shown).toLocaleString("en-GB")} more`;
    found(element, ".count", HTMLElement).textContent = this.#counted(photos);
  }

  #counted(photos: readonly StoredPhoto[]): string {
    const parts = [photos.length === 0 ? "No photos yet" : count(photos.length, "photo")];
    const { answers } = this.#session.model?.lesson ?? {};
    if (answers !== undefined) {
      const taught = photos.filter(({ digest }) => answers.has(digest));
      const held = taught.filter((photo) => this.#session.isHeldOut(photo)).length;
      if (taught.length > 0) parts.push(`${taught.length - held} to learn from, ${held} held out`);
      const fresh = photos.filter(
        ({ digest, unreadable }) => !answers.has(digest) && unreadable === undefined,
      ).length;
      if (fresh > 0 && taught.length > 0) parts.push(`${fresh} new`);
    }
    const unreadable = photos.filter((photo) => photo.unreadable !== undefined).length;
    if (unreadable > 0) parts.push(`${unreadable} unreadable`);
    const noted = namesOfNoted(photos).length;
    if (noted > 0) parts.push(`${noted} read with a warning`);
    return parts.join(" · ");
  }

  #tile(photo: StoredPhoto, of: PhotoClass): HTMLLIElement {
    const canvas = make("canvas", { width: 1, height: 1 });
    this.#photos.set(canvas, photo);
    this.#thumbs.follow(canvas);
    const button = make(
      "button",
      { type: "button" },
      canvas,
      make("span", { className: "mark", hidden: true }),
    );
    button.addEventListener("click", () => this.#onOpen(photo, this.#session.photosOf(of)));
    return make("li", {}, button);
  }

  #label(tile: HTMLLIElement, photo: StoredPhoto): void {
    const { name, unreadable } = photo;
    const held = this.#session.isHeldOut(photo);
    const mark = found(tile, ".mark", HTMLElement);
    mark.hidden = unreadable === undefined && !held;
    mark.textContent = unreadable === undefined ? "held out" : "unreadable";
    const button = found(tile, "button", HTMLButtonElement);
    button.title = [name, ...(unreadable === undefined ? notesOf(photo).map(sentence) : [unreadable])].join(
      ": ",
    );
    button.ariaLabel = [name, ...(mark.hidden ? [] : [mark.textContent])].join(", ");
    tile.classList.toggle("unreadable", unreadable !== undefined);
  }

  async #paint(canvas: HTMLCanvasElement): Promise<void> {
    const photo = this.#photos.get(canvas);
    if (photo !== undefined) await drawSmall(canvas, photo.blob, THUMB);
  }
}
