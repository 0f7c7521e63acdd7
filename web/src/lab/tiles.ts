/**
 * Pictures of one question: the photo as the network saw it, and its maps. One is large, the others beside
 * it.
 */
import {
  type Explanation,
  type ExplainOptions,
  paint,
  type PaintOptions,
  type PassesProgress,
  type Run,
} from "../candling.js";
import { ALLOW, givesPixels } from "../canvas.js";
import { description, peakText, peakValue } from "../words/maps.js";
import { byId, found, context2d } from "../dom/page.js";
import { showMessage } from "../dom/message.js";
import { saveCanvas } from "../dom/save.js";
import { sentence } from "../words/sentence.js";
import { withBreakOpportunities } from "./break-opportunities.js";
import type { LabPhoto } from "./sources.js";
import { seenPartSentence, type ViewText } from "./words.js";

/** Edges need their own grey background; over the photo they would be lost. */
export const EDGES = { photo: false, opacity: 1 } as const;

/** Longest side of the drawn photo, in pixels. */
const PHOTO_SIZE = 1024;

const views = found(document, ".views", HTMLElement);
const below = found(document, ".side", HTMLElement);

/** Makes the tile whose title is pressed the large one. */
export function listenForViews(onLarge: (view: string) => void): void {
  views.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest(".enlarge") : null;
    const view = button?.closest<HTMLElement>(".tile")?.dataset.view;
    if (view === undefined) return;
    enlarge(view);
    onLarge(view);
  });
}

/** Reports clicks on the large picture, in shares of the photo; clicks beside the photo are ignored. */
export function listenForPoints(onPoint: (x: number, y: number) => void): void {
  views.addEventListener("click", ({ target, clientX, clientY }) => {
    const stage = target instanceof Element ? target.closest(".large .stage") : null;
    const canvas = stage?.querySelector("canvas");
    if (stage === null || !canvas) return;
    const { left, top, width, height } = pictureBox(stage, canvas);
    const [x, y] = [(clientX - left) / width, (clientY - top) / height];
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) onPoint(x, y);
  });
}

/** Place in the window of a picture that keeps its proportions inside a frame. */
export function pictureBox(frame: Element, picture: { readonly width: number; readonly height: number }) {
  const box = frame.getBoundingClientRect();
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return {
    left: box.left + (box.width - width) / 2,
    top: box.top + (box.height - height) / 2,
    width,
    height,
  };
}

/** Makes a tile the large one; unknown names change nothing. */
export function enlarge(view: string): void {
  const tiles = [...views.querySelectorAll<HTMLElement>(".tile")];
  if (!tiles.some((tile) => tile.dataset.view === view)) return;
  for (const tile of tiles) {
    const large = tile.dataset.view === view;
    tile.classList.toggle("large", large);
    found(tile, ".enlarge", HTMLElement).ariaPressed = String(large);
  }
}

export function largeView(): string {
  return found(views, ".large", HTMLElement).dataset.view ?? "";
}

/** Widest aspect ratio of a stage, and its default. */
const WIDEST = 5 / 3;

/**
 * Gives the pictures the aspect ratio of their photo in narrow windows. A button that was pressed below a
 * pinned picture does not move.
 */
export function shape({ width, height }: { readonly width: number; readonly height: number }): void {
  const top = () => below.getBoundingClientRect().top;
  const before = top();
  const isPinned = before < found(views, ".large .stage", HTMLElement).getBoundingClientRect().bottom;
  byId("lab", HTMLElement).style.setProperty("--ratio", String(Math.min(WIDEST, width / height)));
  const moved = top() - before;
  // even a scroll by nothing would end one in progress
  if (isPinned && moved !== 0) scrollBy({ top: moved, behavior: "instant" });
}

/** The photo, with a line around what the network saw of it. */
export class PhotoTile {
  readonly #tile = found(document, '[data-view="photo"]', HTMLElement);
  readonly #canvas = byId("photo", HTMLCanvasElement);

  show(run: Run, { title, credit }: LabPhoto): void {
    const { view } = run;
    shape(run);
    const canvas = this.#canvas;
    const scale = drawPhoto(canvas, run);
    if (view.width < run.width || view.height < run.height) {
      outline(context2d(canvas), view.x * scale, view.y * scale, view.width * scale, view.height * scale);
    }
    canvas.setAttribute("aria-label", `The photo: ${title}`);
    canvas.dataset.width = String(run.width);
    canvas.dataset.height = String(run.height);
    canvas.dataset.view = [view.x, view.y, view.width, view.height].join(" ");
    develop(canvas);
    byId("photo-name", HTMLElement).replaceChildren(...withBreakOpportunities(title));
    found(this.#tile, "#seen", HTMLElement).textContent = seenPartSentence(view, run);
    found(this.#tile, "#credit", HTMLElement).textContent = credit;
  }
}

/**
 * Draws the photo on white, as that is what the network sees behind transparent pixels. Returns pixels of the
 * canvas per pixel of the photo.
 */
export function drawPhoto(canvas: HTMLCanvasElement, { photo, width, height }: Run): number {
  const scale = Math.min(1, PHOTO_SIZE / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = context2d(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (photo !== undefined) context.drawImage(photo, 0, 0, canvas.width, canvas.height);
  return scale;
}

/** Replaces the precomputed picture by the live one. */
function develop(canvas: HTMLCanvasElement): void {
  canvas.hidden = false;
  canvas.parentElement?.querySelector(".poster")?.remove();
}

/** Darkens what lies outside and draws the edge, dark and light so that it shows on any photo. */
export function outline(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { canvas } = context;
  context.fillStyle = "rgb(0 0 0 / 55%)";
  context.beginPath();
  context.rect(0, 0, canvas.width, canvas.height);
  context.rect(x, y, width, height);
  context.fill("evenodd");
  const line = Math.max(2, canvas.width / 250);
  context.lineWidth = 2 * line;
  context.strokeStyle = "#000";
  context.strokeRect(x, y, width, height);
  context.lineWidth = line;
  context.strokeStyle = "#ffd089";
  context.strokeRect(x, y, width, height);
}

/** A map, its numbers, and what it means. */
export class MapTile<Name extends string = string> {
  readonly #tile: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #reading: HTMLElement;
  readonly #about: HTMLElement;
  readonly #heading: HTMLElement;
  readonly #download: HTMLButtonElement;
  readonly #colours: () => PaintOptions;
  #map: Explanation | undefined;
  #label = "";
  /** Milliseconds of the last paint. */
  painting = 0;

  constructor(
    readonly name: Name,
    colours: () => PaintOptions,
    fileName: (map: Explanation, label: string) => string,
  ) {
    this.#tile = found(document, `[data-view="${name}"]`, HTMLElement);
    this.#canvas = found(this.#tile, "canvas", HTMLCanvasElement);
    this.#reading = found(this.#tile, ".reading", HTMLElement);
    this.#about = found(this.#tile, ".about", HTMLElement);
    this.#heading = found(this.#tile, ".enlarge", HTMLElement);
    this.#download = found(this.#tile, ".download", HTMLButtonElement);
    this.#download.addEventListener("click", () => {
      if (!givesPixels()) showMessage(sentence(ALLOW));
      else if (this.#map !== undefined) saveCanvas(this.#canvas, fileName(this.#map, this.#label));
    });
    this.#colours = colours;
  }

  get map(): Explanation | undefined {
    return this.#map;
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  get title(): string {
    return this.#heading.textContent ?? "";
  }

  /** The picture in a sentence. */
  get description(): string {
    return this.#canvas.getAttribute("aria-label") ?? "";
  }

  describe({ title, about }: ViewText): void {
    this.#heading.textContent = title;
    this.#about.textContent = about;
  }

  set busy(busy: boolean) {
    this.#tile.setAttribute("aria-busy", String(busy));
  }

  /** Computes and paints. The old picture stays until the new one is there. */
  async show(run: Run, label: string, options: ExplainOptions): Promise<void> {
    const onProgress = ({ done, total }: PassesProgress) => {
      this.#reading.textContent = `${done} of ${total} passes`;
    };
    this.#map = await run.explain({ ...options, onProgress });
    this.#label = label;
    await this.repaint(options.signal);
  }

  /** Paints the same map again, in the current colours. */
  async repaint(signal?: AbortSignal): Promise<void> {
    const map = this.#map;
    if (map === undefined || map.run.freed) return;
    const start = performance.now();
    if (!(await paint(this.#canvas, map, { ...this.#colours(), signal }))) return;
    this.painting = performance.now() - start;
    const { peak, target, layer, method } = map;
    // the numbers behind the picture; the tests read them
    const numbers = {
      method,
      target: target.class,
      layer: layer ?? "",
      strength: peakValue(map),
      peakX: peak.x,
      peakY: peak.y,
    };
    Object.assign(this.#canvas.dataset, numbers);
    this.#canvas.setAttribute("aria-label", description(this.title, this.#label, map));
    develop(this.#canvas);
    this.#reading.textContent = peakText(map);
    this.#download.disabled = false;
  }

  /** Shows a message in place of a picture, which would be out of date. */
  fail(words: string): void {
    this.#map = undefined;
    this.#canvas.width = this.#canvas.height = 1;
    for (const key of Object.keys(this.#canvas.dataset)) delete this.#canvas.dataset[key];
    this.#canvas.setAttribute("aria-label", words);
    develop(this.#canvas);
    this.#reading.textContent = words;
    this.#download.disabled = true;
  }
}
