/**
 * The contact sheet: every examined photo with its map, in the chosen order, painted when it scrolls into
 * view.
 */
import { examine, hasOldColours, type Sight } from "../bias/examine.js";
import { byId, fillOptions, found, make } from "../dom/page.js";
import { listenForColours } from "../site/colours.js";
import { percent } from "../words/numbers.js";
import type { Row } from "./findings.js";
import type { Network } from "./network.js";
import type { StoredPhoto } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { drawSmall, Thumbs } from "./thumbs.js";
import { announceDebounced } from "./voice.js";
import { count } from "./words.js";

/** Number of photos that are shown at first and added each time. */
const SHOWN = 60;
/** Longest side of a picture in pixels. */
const SIDE = 224;

/**
 * The number of matching photos. It changes with each examined photo, but is announced only when a choice
 * changed it.
 */
const shown = byId("shown", HTMLElement);

interface Tile {
  readonly element: HTMLLIElement;
  readonly canvas: HTMLCanvasElement;
  readonly photo: StoredPhoto;
  /** The result that the picture shows. */
  painted: Sight | undefined;
}

export class ResultSheet {
  readonly #session: PhotoSession;
  readonly #network: Network;
  readonly #list = byId("sheet", HTMLOListElement);
  readonly #more = byId("more", HTMLButtonElement);
  readonly #order = byId("order", HTMLSelectElement);
  readonly #class = byId("only-class", HTMLSelectElement);
  readonly #group = byId("only-group", HTMLSelectElement);
  readonly #heldOut = byId("only-held-out", HTMLInputElement);
  readonly #wrong = byId("only-wrong", HTMLInputElement);
  readonly #tiles = new Map<string, Tile>();
  readonly #byCanvas = new WeakMap<HTMLCanvasElement, Tile>();
  readonly #thumbs = new Thumbs(1, (canvas) => this.#paint(canvas));
  readonly #onOpen: (photo: StoredPhoto, among: readonly StoredPhoto[]) => void;
  #rows: readonly Row[] = [];
  #shown = SHOWN;

  constructor(
    session: PhotoSession,
    network: Network,
    onOpen: (photo: StoredPhoto, among: readonly StoredPhoto[]) => void,
  ) {
    this.#session = session;
    this.#network = network;
    this.#onOpen = onOpen;
    for (const choice of [this.#order, this.#class, this.#group, this.#heldOut, this.#wrong]) {
      choice.addEventListener("change", () => {
        this.#shown = SHOWN;
        const before = shown.textContent;
        this.#lay();
        if (shown.textContent !== before) announceDebounced(shown.textContent);
      });
    }
    listenForColours(() => {
      for (const { canvas } of this.#tiles.values()) this.#thumbs.follow(canvas);
    });
    this.#more.addEventListener("click", () => {
      const first = this.#shown;
      this.#shown += SHOWN;
      this.#lay();
      this.#list.children[first]?.querySelector("button")?.focus();
    });
  }

  /** Shows the photos that have rows. */
  show(rows: readonly Row[]): void {
    this.#rows = rows.filter(({ predicted, error }) => predicted !== "" || error !== "");
    byId("filters", HTMLElement).hidden = this.#rows.length === 0;
    refill(
      this.#class,
      "all classes",
      rows.map((row) => row.class),
    );
    refill(
      this.#group,
      "all groups",
      rows.map(({ group }) => group),
    );
    const { photos } = this.#session;
    for (const [digest, { photo }] of this.#tiles)
      if (photos.get(digest) !== photo) this.#tiles.delete(digest);
    this.#lay();
  }

  /**
   * The canvas on which a photo is painted while it is examined, if it will be visible, so that it need not
   * be examined again for that.
   */
  canvasFor(photo: StoredPhoto): HTMLCanvasElement | undefined {
    return this.#tiles.size < SHOWN || this.#tiles.has(photo.digest) ? this.#tileOf(photo).canvas : undefined;
  }

  painted(photo: StoredPhoto): void {
    const tile = this.#tiles.get(photo.digest);
    if (tile === undefined) return;
    tile.painted = photo.finding;
    if (hasOldColours(tile.canvas)) this.#thumbs.follow(tile.canvas);
  }

  #lay(): void {
    const rows = this.#chosen();
    const first = rows.slice(0, this.#shown);
    const among = rows.map(({ photo }) => photo);
    const focused = document.activeElement;
    const items = first.map((row) => this.#labelled(row, among));
    // only items whose position changes are moved, as moving would lose the focus
    for (const [at, item] of items.entries()) {
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
    }
    while (this.#list.children.length > items.length) this.#list.lastElementChild?.remove();
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement)
      focused.focus({ preventScroll: true });
    this.#more.hidden = rows.length <= this.#shown;
    this.#more.textContent = `Show ${Math.min(SHOWN, rows.length - this.#shown)} more of ${(rows.length - this.#shown).toLocaleString("en-GB")}`;
    const all = this.#rows.length;
    shown.textContent =
      rows.length === all
        ? count(all, "photo")
        : `${count(rows.length, "photo")} of ${all.toLocaleString("en-GB")}`;
  }

  #chosen(): readonly Row[] {
    const rows = this.#rows.filter(
      (row) =>
        (this.#class.value === "" || row.class === this.#class.value) &&
        (this.#group.value === "" || row.group === this.#group.value) &&
        (!this.#heldOut.checked || row.heldOut) &&
        (!this.#wrong.checked || (row.error === "" && !row.correct)) &&
        // for photos that could not be read there is no probability
        (this.#order.value !== "doubt" || row.error === ""),
    );
    return sorted(rows, this.#order.value);
  }

  #tileOf(photo: StoredPhoto): Tile {
    const known = this.#tiles.get(photo.digest);
    if (known !== undefined) return known;
    const canvas = make("canvas", { width: 1, height: 1 });
    const button = make("button", { type: "button" }, canvas, make("span", { className: "mark" }));
    const element = make(
      "li",
      {},
      button,
      make("p", { className: "inside" }),
      make("p", { className: "said" }),
      make("p", { className: "named-photo" }, photo.name),
    );
    const tile: Tile = { element, canvas, photo, painted: undefined };
    this.#tiles.set(photo.digest, tile);
    this.#byCanvas.set(canvas, tile);
    return tile;
  }

  #labelled(row: Row, among: readonly StoredPhoto[]): HTMLLIElement {
    const { photo, evidence, predicted, probability, correct, error, heldOut } = row;
    const tile = this.#tileOf(photo);
    const { element } = tile;
    const none =
      photo.unreadable !== undefined
        ? "unreadable"
        : error !== ""
          ? "mask refused"
          : photo.shares.has(this.#session.region.id)
            ? "no evidence"
            : "not marked";
    const inside = evidence === undefined ? none : `${percent(evidence)} inside`;
    const said = error === "" ? `${predicted}, ${percent(probability)}` : error;
    const mark = heldOut ? "held out" : "";
    found(element, ".inside", HTMLElement).textContent = inside;
    found(element, ".said", HTMLElement).textContent = error === "" && !correct ? `wrong: ${said}` : said;
    found(element, ".mark", HTMLElement).textContent = mark;
    found(element, ".mark", HTMLElement).hidden = mark === "";
    element.classList.toggle("wrong", error === "" && !correct);
    element.style.setProperty("--share", String(evidence ?? 0));
    Object.assign(element.dataset, { photo: row.path, evidence: evidence ?? "", predicted });
    const button = found(element, "button", HTMLButtonElement);
    const parts = [photo.name, row.class, inside, found(element, ".said", HTMLElement).textContent, mark];
    button.ariaLabel = parts.filter((part) => part !== "").join(", ");
    button.onclick = () => this.#onOpen(photo, among);
    if (!isUpToDate(tile)) this.#thumbs.follow(tile.canvas);
    return element;
  }

  async #paint(canvas: HTMLCanvasElement): Promise<void> {
    const tile = this.#byCanvas.get(canvas);
    const { model } = this.#session;
    if (tile === undefined || isUpToDate(tile)) return;
    const { photo } = tile;
    const { finding } = photo;
    if (finding === undefined || model === undefined) return void (await drawSmall(canvas, photo.blob, SIDE));
    try {
      await examine(await this.#network.judge(model), photo.blob, { place: { canvas, size: SIDE } });
      tile.painted = finding;
      // other colours were chosen meanwhile
      if (hasOldColours(canvas)) this.#thumbs.follow(canvas);
    } catch {
      // the model was replaced, or the engine is gone: show the plain photo
      await drawSmall(canvas, photo.blob, SIDE);
    }
  }
}

/** Whether a tile shows the current result in the current colours. */
function isUpToDate({ photo, painted, canvas }: Tile): boolean {
  return painted !== undefined && painted === photo.finding && !hasOldColours(canvas);
}

/** Sorts rows by an option; those without a measurement come last. */
export function sorted(rows: readonly Row[], order: string): readonly Row[] {
  const sign = order === "most" ? -1 : 1;
  const key = ({ evidence, probability }: Row) =>
    order === "doubt" ? probability : evidence === undefined ? Number.POSITIVE_INFINITY : sign * evidence;
  // without a region, wrong ones come first, as in the report of the command
  return [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? Number(a.correct) - Number(b.correct) : left < right ? -1 : 1;
  });
}

/** Fills a select with names; the current choice stays if it is among them. */
function refill(select: HTMLSelectElement, all: string, names: readonly string[]): void {
  const wished = [...new Set(names)].filter((name) => name !== "");
  const present = [...select.options].slice(1).map(({ value }) => value);
  if (select.options.length > 0 && wished.join("\n") === present.join("\n")) return;
  const before = select.value;
  fillOptions(select, [["", all], ...wished.map((name) => [name, name] as const)]);
  select.value = wished.includes(before) ? before : "";
  select.disabled = wished.length === 0;
}
