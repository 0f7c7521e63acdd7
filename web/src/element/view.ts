/** Visible content of an element: maps over the photo, short texts on it, and the bar below. */
import type { Explanation, PaintOptions, Prediction, Progress } from "../candling.js";
import { make } from "../dom/make.js";
import { METHODS, type Method, TITLES } from "../catalogue.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import type { Paint } from "./attributes.js";
import type { Client } from "./client.js";
import { Overlay } from "./overlay.js";
import { styleSheet } from "./style.js";

/**
 * Longest side of a map's canvas, in pixels. Heatmaps are smooth, and the browser enlarges them as well as we
 * would; pixel maps have as many cells as the network's input has pixels.
 */
const SIZE = { smooth: 320, pixels: 480 };

/** Least width in pixels of the fade at the end of the list of classes. */
const FADE = 32;

/** Callbacks for actions of the reader. */
export interface ReaderActions {
  readonly reveal: () => void;
  readonly cancel: () => void;
  readonly choose: (target: number) => void;
  readonly method: (method: string) => void;
  readonly opacity: (opacity: number) => void;
}

/** A prediction in the bar. */
export type BarEntry = Pick<Prediction, "index" | "label" | "probability">;

export class ElementView {
  readonly #stage = piece("div", "stage", { className: "stage" });
  readonly #maps = [
    piece("canvas", "map", { className: "map" }),
    piece("canvas", "map compare", { className: "compare" }),
  ] as const;
  readonly #over = make("div", { className: "over" });
  readonly #divider = piece("input", "divider", {
    className: "divider",
    type: "range",
    min: "0",
    max: "100",
    value: "50",
    hidden: true,
  });
  readonly #tags = [
    piece("span", "tag", { className: "tag left", dir: "auto" }),
    piece("span", "tag", { className: "tag right", dir: "auto" }),
  ] as const;
  readonly #reveal = piece(
    "button",
    "reveal",
    { className: "pill", type: "button", hidden: true },
    slot("reveal", "What made it say so?"),
  );
  readonly #progress = piece("div", "progress", { className: "pill progress", hidden: true });
  readonly #meter = make("progress", { ariaLabel: "Loading the network" });
  readonly #progressText = make("span");
  readonly #error = piece("div", "error", { className: "pill error", hidden: true });
  readonly #errorText = make("bdi");
  readonly #retry = piece("button", "retry", { type: "button", textContent: "Try again" });
  readonly #note = piece("p", "note", { className: "note", hidden: true });
  readonly #bar = piece("div", "bar", { className: "bar", hidden: true });
  readonly #classes = piece("ul", "classes", {
    className: "classes",
    ariaLabel: "Classes that can be asked for",
  });
  readonly #method = piece("select", "method", { ariaLabel: "Method" });
  readonly #opacity = piece("input", "opacity", {
    type: "range",
    min: "0",
    max: "1",
    step: "0.05",
    ariaLabel: "Strength of the map",
  });
  readonly #status = piece("p", "status", { className: "status" });
  readonly #spoken = make("p", { className: "hidden-text", role: "status" });
  readonly #overlay = new Overlay(this.#stage, this.#over);
  readonly #root: ShadowRoot;

  constructor(root: ShadowRoot, actions: ReaderActions) {
    this.#root = root;
    this.adopt();
    for (const map of this.#maps) {
      map.role = "img";
      map.hidden = true;
    }
    this.#divider.ariaLabel = "Divider between the two maps, per cent from the left";
    this.#meter.setAttribute("part", "meter");
    const cancel = piece("button", "cancel", { type: "button", textContent: "Cancel" });
    this.#progress.append(this.#progressText, this.#meter, cancel);
    this.#error.append(this.#errorText, this.#retry);
    for (const tag of this.#tags) tag.ariaHidden = "true";
    this.#stage.tabIndex = -1;
    const notes = make("div", { className: "notes" }, this.#reveal, this.#progress, this.#error);
    this.#over.append(notes);
    this.#overlay.hold(this.#maps, [this.#divider, ...this.#tags]);
    for (const method of METHODS) this.#method.append(new Option(TITLES[method], method));
    const strength = make("label", {}, "Strength", this.#opacity);
    this.#bar.append(
      this.#classes,
      make("div", { className: "fields" }, this.#method, strength, this.#status),
    );
    root.append(this.#stage, this.#note, this.#bar, this.#spoken);

    this.#reveal.addEventListener("click", () => actions.reveal());
    this.#retry.addEventListener("click", () => actions.reveal());
    cancel.addEventListener("click", () => actions.cancel());
    this.#classes.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button !== null) actions.choose(Number(button.dataset.class));
    });
    this.#method.addEventListener("change", () => actions.method(this.#method.value));
    this.#opacity.addEventListener("input", () => actions.opacity(Number(this.#opacity.value)));
    this.#divider.addEventListener("input", () => this.#cut());
    this.#cut();
  }

  /** Adapts to another document: styles and events belong to a document. */
  adopt(): void {
    this.#overlay.adopt();
    this.#root.adoptedStyleSheets = [styleSheet(this.#root.ownerDocument)];
  }

  set image(image: HTMLImageElement | undefined) {
    this.#overlay.image = image;
  }

  set controls(shown: boolean) {
    this.#bar.hidden = !shown;
  }

  set method(method: Method) {
    this.#method.value = method;
  }

  /** The button that requests the map. */
  set revealable(shown: boolean) {
    this.#reveal.hidden = !shown;
  }

  focusReveal(): void {
    this.#reveal.focus();
  }

  /** Moves the focus to the stage, while there is no button. */
  focusStage(): void {
    this.#stage.focus();
  }

  /**
   * Bytes of the model so far; "waiting" while the reader waits for something else; undefined when there is
   * nothing to wait for.
   */
  set busy(busy: Progress | "waiting" | undefined) {
    if (busy === undefined) this.#keepFocus(this.#progress);
    this.#progress.hidden = busy === undefined;
    if (busy === undefined) return;
    const loading = busy !== "waiting";
    this.#meter.hidden = !loading;
    this.#progressText.textContent = loading ? "Loading the network" : "Working";
    const { loaded = 0, total } = loading ? busy : {};
    if (total === undefined) this.#meter.removeAttribute("value");
    else this.#meter.value = loaded / total;
  }

  /**
   * Shows an error, or none; announced at once only if the reader requested the map. `again`: whether a retry
   * may help.
   */
  fail(error: Error | undefined, aloud: boolean, again: boolean): void {
    if (error === undefined) this.#keepFocus(this.#error);
    this.#error.role = aloud ? "alert" : "note";
    this.#error.hidden = error === undefined;
    this.#retry.hidden = !again;
    this.#errorText.textContent = error === undefined ? "" : sentence(error);
  }

  /** Defects in spite of which the photo was read; usually none. */
  set notes(notes: readonly string[]) {
    this.#note.hidden = notes.length === 0;
    this.#note.replaceChildren(make("bdi", {}, notes.map(sentence).join(" ")));
  }

  /** The classes in the bar, and which of them the map explains. The focus stays on its class. */
  set answers({
    answers,
    target,
  }: { readonly answers: readonly BarEntry[]; readonly target: number | undefined }) {
    const focused = this.#classes.querySelector<HTMLElement>(":focus")?.dataset.class;
    this.#classes.replaceChildren(
      ...answers.map(({ index, label, probability }) => {
        const chosen = index === target;
        // names and numbers keep their own direction, whatever the page's is
        const share = make("bdi", { className: "share" }, percent(probability));
        const button = piece(
          "button",
          chosen ? "class chosen" : "class",
          { type: "button", ariaPressed: String(chosen) },
          make("bdi", {}, label),
          share,
        );
        button.dataset.class = String(index);
        return make("li", {}, button);
      }),
    );
    const chosen = this.#classes.querySelector<HTMLElement>("[aria-pressed=true]");
    // a narrow bar has no room for all of them; not `scrollIntoView`, which may scroll the page as well
    if (chosen !== null) {
      const beyond = chosen.offsetLeft + chosen.offsetWidth + FADE - this.#classes.clientWidth;
      this.#classes.scrollLeft = Math.max(0, Math.min(beyond, chosen.offsetLeft));
    }
    if (focused !== undefined) this.#classes.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
  }

  /**
   * Shows a sentence on the map; announced only if the reader requested the map, or all elements of a page
   * would speak at once.
   */
  say(text: string, aloud: boolean): void {
    this.#status.replaceChildren(make("bdi", {}, text));
    this.#spoken.textContent = aloud ? text : "";
  }

  /**
   * Paints the maps, the second to the right of a divider, both in one scale: otherwise the weaker one would
   * look as strong. Resolves with false if the signal was aborted first.
   */
  async paint(
    { paint }: Client,
    maps: readonly Explanation[],
    { colormap, opacity }: Paint,
    signal: AbortSignal,
  ): Promise<boolean> {
    const most = Math.max(...maps.map(({ max }) => max));
    const scale = maps.length > 1 && most > 0 ? most : undefined;
    const painted = await Promise.all(
      maps.map((map, side) => {
        const canvas = this.#maps[side as 0 | 1];
        const maxSize = map.channels === 1 ? SIZE.smooth : SIZE.pixels;
        const options: PaintOptions = { photo: false, opacity: 1, colormap, scale, maxSize, signal };
        return paint(canvas, map, options);
      }),
    );
    if (!painted.every(Boolean)) return false;
    this.opacity = opacity;
    const compared = maps.length > 1;
    this.#stage.classList.toggle("compared", compared);
    this.#divider.hidden = !compared;
    for (const [side, canvas] of this.#maps.entries()) canvas.hidden = side >= maps.length;
    this.#overlay.place();
    return true;
  }

  /**
   * Opacity of the maps over the photo, 0 to 1. They are painted at full strength, so that a slider costs
   * nothing.
   */
  set opacity(opacity: number) {
    for (const map of this.#maps) map.style.opacity = String(opacity);
    this.#opacity.value = String(opacity);
  }

  /** Sets the descriptions of the canvases for screen readers. */
  describe(descriptions: readonly string[], labels: readonly string[]): void {
    for (const [side, text] of descriptions.entries()) this.#maps[side as 0 | 1].ariaLabel = text;
    for (const [side, tag] of this.#tags.entries()) {
      tag.textContent = labels[side] ?? "";
      tag.hidden = labels.length < 2;
    }
  }

  /** Whether the maps are visible; the photo always is. */
  set revealed(revealed: boolean) {
    for (const map of this.#maps) map.classList.toggle("veiled", !revealed);
  }

  /** Removes the maps. The classes can still be chosen. */
  withdraw(): void {
    for (const map of this.#maps) {
      map.hidden = true;
      map.width = map.height = 1;
    }
    for (const tag of this.#tags) tag.hidden = true;
    this.#divider.hidden = true;
    for (const button of this.#classes.querySelectorAll("button")) button.ariaPressed = "false";
    this.say("", false);
  }

  /** Resets everything for another photo. */
  clear(): void {
    this.withdraw();
    this.notes = [];
    this.#keepFocus(this.#classes);
    this.answers = { answers: [], target: undefined };
  }

  /** Keeps the focus in this place before a part is removed. */
  #keepFocus(piece: HTMLElement): void {
    if (piece.querySelector(":focus") !== null) this.focusStage();
  }

  /** Stops observing until the next image is set. */
  rest(): void {
    this.#overlay.image = undefined;
  }

  #cut(): void {
    this.#stage.style.setProperty("--_cut", this.#divider.value);
  }
}

/** Makes an element with a `part`, which pages can style. */
function piece<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  part: string,
  properties: Parameters<typeof make<K>>[1] = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = make(tag, properties, ...children);
  element.setAttribute("part", part);
  return element;
}

function slot(name: string, text: string): HTMLSlotElement {
  return make("slot", { name }, text);
}
