/** The four pictures: the photo as the network was shown it, and three maps of it. */
import { type Explanation, type ExplainOptions, paint, type PaintOptions, type Run } from "../candling.js";
import { found } from "./dom.js";
import type { Picture } from "./sources.js";
import { description, reading, seen, strength, type ViewText } from "./words.js";

/** The photo is drawn at most this large. */
const PHOTO_SIZE = 1024;

/** The photo, with a line around what the network saw of it. */
export class PhotoTile {
  readonly #tile = found(document, '[data-view="photo"]', HTMLElement);
  readonly #canvas = found(this.#tile, "canvas", HTMLCanvasElement);

  show(run: Run, { title, credit }: Picture): void {
    const { photo, view } = run;
    if (photo === undefined) return;
    const scale = Math.min(1, PHOTO_SIZE / Math.max(run.width, run.height));
    const canvas = this.#canvas;
    canvas.width = Math.max(1, Math.round(run.width * scale));
    canvas.height = Math.max(1, Math.round(run.height * scale));
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    if (view.width < run.width || view.height < run.height) {
      outline(context, view.x * scale, view.y * scale, view.width * scale, view.height * scale);
    }
    canvas.hidden = false;
    canvas.setAttribute("aria-label", `The photo: ${title}`);
    canvas.dataset.width = String(run.width);
    canvas.dataset.height = String(run.height);
    canvas.dataset.view = [view.x, view.y, view.width, view.height].join(" ");
    found(this.#tile, "#poster", HTMLImageElement).hidden = true;
    found(this.#tile, "h2", HTMLElement).textContent = title;
    found(this.#tile, "#seen", HTMLElement).textContent = seen(view, run);
    found(this.#tile, "#credit", HTMLElement).textContent = credit;
  }
}

/** Darkens what lies outside and draws the edge, dark and light so that it shows on any photo. */
function outline(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
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
    this.#heading = found(this.#tile, "h2", HTMLElement);
    this.#download = found(this.#tile, ".download", HTMLButtonElement);
    this.#download.addEventListener("click", () => {
      if (this.#map !== undefined) this.#save(fileName(this.#map, this.#label));
    });
    this.#colours = colours;
  }

  get map(): Explanation | undefined {
    return this.#map;
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

  /** Computes and paints. What was shown stays until the new picture is there. */
  async show(run: Run, label: string, options: ExplainOptions): Promise<void> {
    this.#map = await run.explain(options);
    this.#label = label;
    await this.repaint(options.signal);
  }

  /** Paints the same map again, in the colours of now. */
  async repaint(signal?: AbortSignal): Promise<void> {
    const map = this.#map;
    if (map === undefined || map.run.freed) return;
    const start = performance.now();
    if (!(await paint(this.#canvas, map, { ...this.#colours(), signal }))) return;
    this.painting = performance.now() - start;
    const { peak, target, layer, method } = map;
    // The numbers behind the picture; the tests read them.
    const numbers = { method, target: target.class, layer: layer ?? "", strength: strength(map), peakX: peak.x, peakY: peak.y };
    Object.assign(this.#canvas.dataset, numbers);
    this.#canvas.setAttribute("aria-label", description(this.#heading.textContent ?? "", this.#label, map));
    this.#reading.textContent = reading(map);
    this.#download.disabled = false;
  }

  /** Shows words in place of a picture: a stale one would lie. */
  fail(words: string): void {
    this.#map = undefined;
    this.#canvas.width = this.#canvas.height = 1;
    for (const key of Object.keys(this.#canvas.dataset)) delete this.#canvas.dataset[key];
    this.#canvas.setAttribute("aria-label", words);
    this.#reading.textContent = words;
    this.#download.disabled = true;
  }

  #save(name: string): void {
    this.#canvas.toBlob((blob) => {
      if (blob === null) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      // The download has its own hold on the bytes once it began.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }
}
