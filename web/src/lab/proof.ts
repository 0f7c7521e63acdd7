/**
 * Experiment "Put it to the test": remove parts of the photo, and see what the network still says.
 *
 * What is removed is a mask over the network's input: the patch that the visitor drags, and the hottest
 * squares of the heatmap. Every change is one forward pass, as fast as the machine can; changes that come
 * meanwhile are skipped but for the latest.
 */
import type { Curves, EngineInfo, Explanation, Fill, Prediction, Run } from "../candling.js";
import { number, percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { byId, check, make, context2d, radios } from "../dom/page.js";
import { Experiment, type LabState } from "./experiment.js";
import { LatestOnly } from "./latest-only.js";
import { LongRun } from "../dom/long-run.js";
import { announce, announceDebounced } from "../dom/message.js";
import { plot } from "../dom/plot.js";
import type { State } from "./permalink.js";
import type { Settings } from "./settings.js";
import { drawPhoto, outline, pictureBox } from "./tiles.js";
import { itemAt } from "../platform/known.js";

/** Number of classes that are followed. */
const FOLLOWED = 5;
/** Side of the squares that are deleted, in pixels of the input. */
const TILE = 16;
/**
 * Points per side that the drawn blur keeps: about as many as the network's, a Gaussian of a sixteenth of the
 * side.
 */
const BLURRED_SIDE = 16;
/** Step of an arrow key, as a share of the photo; five times that with shift. */
const STEP = 0.02;
/**
 * Possible positions of the patch's centre across and down, which a link can express: a twentieth of a pixel
 * of the input.
 */
const PLACES = 10_000;
/** Least size of the patch by keyboard, in per cent of the shorter side. */
const LEAST = 4;
/**
 * Largest ratio of two areas, smaller to larger, at which they count as different: on four of five samples,
 * single random orders lie within a third of their mean; on the fifth, within two.
 */
const CLEARLY = 2 / 3;
/** Probability below which a class's curves are noise. */
const FAINT = 0.01;

/** The change of the photo along each curve. */
const DONE = { deletion: "deleted", insertion: "restored" } as const;

/** The subject of the test. */
interface Probed {
  readonly map: Explanation;
  /** Squares of the input, hottest first. */
  readonly order: Uint32Array;
  readonly photo: HTMLCanvasElement;
  /** The part of the photo that the network sees, blurred. */
  readonly blurred: HTMLCanvasElement;
  /** The pixel that preprocessing maps to 0. */
  readonly neutral: EngineInfo["neutral"];
  readonly followed: readonly Prediction[];
}

export class Proof extends Experiment {
  readonly #settings: Settings;
  readonly #figure = byId("probed", HTMLElement);
  readonly #canvas = byId("proof-photo", HTMLCanvasElement);
  readonly #patch = byId("patch", HTMLElement);
  readonly #size = byId("patch-size", HTMLInputElement);
  readonly #hottest = byId("hottest", HTMLInputElement);
  readonly #bars = byId("proof-bars", HTMLElement);
  readonly #button = byId("curves", HTMLButtonElement);
  readonly #fill: () => string;
  readonly #follow = new LatestOnly<void>(() => this.attempt((shown, signal) => this.#probe(shown, signal)));
  /** Centre of the patch, as shares of the photo. */
  #middle = { x: 0.5, y: 0.5 };
  /** Whether the visitor or a link has placed the patch. */
  #isPlaced = false;
  /** The photo and class under test. */
  #probed: Probed | undefined;
  readonly #drawing = new LongRun("curves", "curves-bar", (progress, end) => this.#trace(progress, end));

  constructor(settings: Settings) {
    super("proof");
    this.#settings = settings;
    const set = () => {
      this.#changed();
      this.onSet();
    };
    this.#fill = radios("fill", set);
    this.#size.addEventListener("input", set);
    this.#hottest.addEventListener("input", set);
    this.#listenForHands();
    new ResizeObserver(() => this.#place()).observe(this.#figure);
  }

  override get state(): State {
    const { x, y } = this.#middle;
    const [size, hottest] = [Number(this.#size.value), Number(this.#hottest.value)];
    const isAsItWas = !this.#isPlaced && this.#size.value === this.#size.defaultValue;
    return {
      ...(isAsItWas
        ? {}
        : { patch: [...[x, y].map((share) => Number((100 * share).toFixed(2))), size].join() }),
      ...(this.#fill() === "grey" ? {} : { fill: this.#fill() }),
      ...(hottest === 0 ? {} : { hottest }),
    };
  }

  override restore({ patch, fill, hottest }: State): void {
    check("fill", fill);
    this.#hottest.value = String(hottest ?? 0);
    if (patch === undefined) return;
    const [x = 50, y = 50, size = 0] = patch.split(",").map(Number);
    this.#middle = { x: x / 100, y: y / 100 };
    this.#size.value = String(size);
    this.#isPlaced = true;
  }

  override forget(): void {
    this.#isPlaced = false;
  }

  protected async show(shown: LabState, signal: AbortSignal): Promise<void> {
    const { candling, run, target } = shown;
    const map = await run.explain({ method: "grad-cam", target, layer: this.#settings.defaultLayer, signal });
    const order = await map.ranking(TILE);
    if (signal.aborted) return;
    const before = this.#probed;
    if (before?.map.run !== run || before.map.target.class !== target) this.#blank();
    const best = run.predictions.slice(0, FOLLOWED);
    const asked = run.predictions.find(({ index }) => index === target);
    const followed = asked === undefined || best.includes(asked) ? best : [...best.slice(0, -1), asked];
    const photo = before?.map.run === run ? before.photo : document.createElement("canvas");
    if (before?.map.run !== run) drawPhoto(photo, run);
    const { neutral } = candling.info;
    this.#probed = { map, order, photo, blurred: blurred(photo, run), neutral, followed };
    this.#bars.replaceChildren(
      ...followed.map(({ label }) =>
        make("div", {}, make("dt", {}, make("bdi", {}, label)), make("dd", {}, make("span"), make("i"))),
      ),
    );
    const evident = map.max > 0;
    this.#hottest.disabled = this.#button.disabled = !evident;
    if (!evident) this.#hottest.value = "0";
    byId("curves-text", HTMLElement).textContent = evident
      ? "Deletes the photo piece by piece, hottest first, and restores it from a blur; and the same in random order."
      : "Nothing in the last layer speaks for this class: there is no order to test.";
    // on a new photo, the patch lies where it should matter most
    if (before?.map.run !== run && !this.#isPlaced)
      this.#middle = evident ? { x: map.peak.x / run.width, y: map.peak.y / run.height } : { x: 0.5, y: 0.5 };
    this.#changed();
  }

  override cancel(): void {
    super.cancel();
    this.#drawing.end();
  }

  // ---- the patch ----

  #listenForHands(): void {
    // the picture under the patch must not be dragged away
    this.#figure.addEventListener("dragstart", (event) => event.preventDefault());
    let grip: { readonly x: number; readonly y: number } | undefined;
    const at = ({ clientX, clientY }: PointerEvent) => {
      const { left, top, width, height } = pictureBox(this.#figure, this.#canvas);
      return { x: (clientX - left) / width, y: (clientY - top) / height };
    };
    this.#patch.addEventListener("pointerdown", (event) => {
      const point = at(event);
      grip = { x: point.x - this.#middle.x, y: point.y - this.#middle.y };
      this.#patch.setPointerCapture(event.pointerId);
    });
    this.#patch.addEventListener("pointermove", (event) => {
      if (grip === undefined) return;
      const point = at(event);
      this.#move(point.x - grip.x, point.y - grip.y);
    });
    for (const end of ["pointerup", "pointercancel"])
      this.#patch.addEventListener(end, () => (grip = undefined));
    this.#patch.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 5 * STEP : STEP;
      const { x, y } = this.#middle;
      const moves: Record<string, () => void> = {
        ArrowLeft: () => this.#move(x - step, y),
        ArrowRight: () => this.#move(x + step, y),
        ArrowUp: () => this.#move(x, y - step),
        ArrowDown: () => this.#move(x, y + step),
        "+": () => this.#resize(1),
        "-": () => {
          // keys do not shrink it to nothing, as it must keep the focus
          if (Number(this.#size.value) > LEAST) this.#resize(-1);
        },
      };
      const move = moves[event.key];
      if (move === undefined) return;
      event.preventDefault();
      move();
    });
  }

  #move(x: number, y: number): void {
    this.#middle = { x, y };
    this.#isPlaced = true;
    this.#changed();
    this.onSet();
  }

  #resize(steps: number): void {
    this.#size.stepUp(steps);
    this.#changed();
    this.onSet();
  }

  /** Sides of the patch as shares of the photo: a square of the shorter side. */
  #sides(): { readonly width: number; readonly height: number } {
    const { width, height } = this.#probed?.photo ?? this.#canvas;
    const side = (Number(this.#size.value) / 100) * Math.min(width, height);
    return { width: side / width, height: side / height };
  }

  #place(): void {
    const box = this.#figure.getBoundingClientRect();
    if (box.width === 0) return;
    const picture = pictureBox(this.#figure, this.#canvas);
    const { width, height } = this.#sides();
    const set = (name: string, value: number) => this.#patch.style.setProperty(name, `${100 * value}%`);
    set("--x", (picture.left - box.left + this.#middle.x * picture.width) / box.width);
    set("--y", (picture.top - box.top + this.#middle.y * picture.height) / box.height);
    set("--w", (width * picture.width) / box.width);
    set("--h", (height * picture.height) / box.height);
    // before there is a photo to cover, the patch would only jump
    this.#patch.hidden = width === 0 || this.#probed === undefined;
  }

  // ---- the removed parts: their picture and their effect ----

  #changed(): void {
    // the patch covers its part of the photo completely
    const { width, height } = this.#sides();
    const within = (value: number, side: number) => Math.min(1 - side / 2, Math.max(side / 2, value));
    const rounded = (share: number) => Math.round(PLACES * share) / PLACES;
    this.#middle = { x: rounded(within(this.#middle.x, width)), y: rounded(within(this.#middle.y, height)) };
    byId("patch-size-text", HTMLOutputElement).textContent = `${this.#size.value}\u00a0% of the shorter side`;
    byId("hottest-text", HTMLOutputElement).textContent = `${this.#hottest.value} %`;
    this.#paint();
    this.#place();
    this.#follow.request();
  }

  #deleted(): Uint32Array {
    const order = this.#probed?.order ?? new Uint32Array();
    return order.subarray(0, Math.round((Number(this.#hottest.value) / 100) * order.length));
  }

  /** Draws the photo as the network gets it, except for its size; what it does not see is dark. */
  #paint(): void {
    if (this.#probed === undefined) return;
    const { photo, blurred, neutral, map } = this.#probed;
    const { run, view } = map;
    const { width, height } = photo;
    this.#canvas.width = width;
    this.#canvas.height = height;
    const context = context2d(this.#canvas);
    context.drawImage(photo, 0, 0);
    const scale = width / run.width;
    const seen = [view.x * scale, view.y * scale, view.width * scale, view.height * scale] as const;
    context.save();
    context.beginPath();
    context.rect(...seen);
    context.clip();
    context.beginPath();
    const { x, y } = this.#middle;
    const sides = this.#sides();
    context.rect(
      (x - sides.width / 2) * width,
      (y - sides.height / 2) * height,
      sides.width * width,
      sides.height * height,
    );
    const columns = Math.ceil(run.inputWidth / TILE);
    const [perColumn, perRow] = [(TILE / run.inputWidth) * seen[2], (TILE / run.inputHeight) * seen[3]];
    for (const tile of this.#deleted()) {
      context.rect(
        seen[0] + (tile % columns) * perColumn,
        seen[1] + Math.floor(tile / columns) * perRow,
        perColumn,
        perRow,
      );
    }
    context.clip();
    if (this.#fill() === "blur") {
      context.drawImage(blurred, ...seen);
    } else {
      context.fillStyle = `rgb(${neutral.join(" ")})`;
      context.fillRect(...seen);
    }
    context.restore();
    if (view.width < run.width || view.height < run.height) outline(context, ...seen);
  }

  #mask({ run }: LabState): Uint8Array {
    const { inputWidth, inputHeight, view } = run;
    const mask = new Uint8Array(inputWidth * inputHeight);
    const cover = (left: number, top: number, right: number, bottom: number) => {
      const from = Math.max(0, Math.round(left));
      const to = Math.min(inputWidth, Math.round(right));
      for (let y = Math.max(0, Math.round(top)); y < Math.min(inputHeight, Math.round(bottom)); y++) {
        if (to > from) mask.fill(1, y * inputWidth + from, y * inputWidth + to);
      }
    };
    const { x, y } = this.#middle;
    const { width, height } = this.#sides();
    const across = (share: number) => ((share * run.width - view.x) / view.width) * inputWidth;
    const down = (share: number) => ((share * run.height - view.y) / view.height) * inputHeight;
    cover(across(x - width / 2), down(y - height / 2), across(x + width / 2), down(y + height / 2));
    const columns = Math.ceil(inputWidth / TILE);
    for (const tile of this.#deleted()) {
      const [left, top] = [(tile % columns) * TILE, Math.floor(tile / columns) * TILE];
      cover(left, top, left + TILE, top + TILE);
    }
    return mask;
  }

  async #probe(shown: LabState, signal: AbortSignal): Promise<void> {
    const { run, labels, target } = shown;
    const { map, followed = [] } = this.#probed ?? {};
    // another photo is being processed, and brings its own
    if (map?.run !== run || map.target.class !== target) return;
    const mask = this.#mask(shown);
    const { probabilities } = await run.perturb({ mask, fill: this.#fill() as Fill, signal });
    if (signal.aborted) return;
    const top = probabilities.reduce(
      (best, value, index) => (value > itemAt(probabilities, best) ? index : best),
      0,
    );
    // the longest of all bars, before and after, fills the width
    const most = Math.max(
      itemAt(probabilities, top),
      ...run.predictions.slice(0, 1).map(({ probability }) => probability),
    );
    for (const [place, { index, probability }] of followed.entries()) {
      const row = this.#bars.children[place];
      const [value, words, bar] = [
        row?.querySelector("dd"),
        row?.querySelector("span"),
        row?.querySelector("i"),
      ];
      if (!value || !words || !bar) continue;
      const now = itemAt(probabilities, index);
      words.replaceChildren(make("small", {}, `${percent(probability)} → `), percent(now));
      bar.style.setProperty("--now", String(now / most));
      bar.style.setProperty("--before", String(probability / most));
      Object.assign(value.dataset, { class: index, before: probability, now });
    }
    const share = mask.reduce((sum, value) => sum + value, 0) / mask.length;
    const reading = byId("proof-reading", HTMLElement);
    const whole = shown.fit === "squash" ? "the photo’s area" : "what the network sees";
    reading.textContent = `${Math.round(100 * share)}\u00a0% of ${whole} taken away. It now says ${itemAt(labels, top)}, ${percent(itemAt(probabilities, top))}.`;
    announceDebounced(reading.textContent);
    Object.assign(reading.dataset, {
      share,
      top,
      target: target,
      probability: itemAt(probabilities, target),
      fill: this.#fill(),
    });
  }

  // ---- the whole curve ----

  #trace(progress: (done: number, total: number) => void, end: AbortSignal): Promise<void> {
    return this.attempt(async ({ run, labels }, signal) => {
      const map = this.#probed?.map;
      if (map?.run !== run) return;
      const over = AbortSignal.any([signal, end]);
      const curves = await run.curves({
        map,
        tile: TILE,
        onProgress: ({ done, total }) => progress(done, total),
        signal: over,
      });
      if (!over.aborted) this.#draw(curves, itemAt(labels, map.target.class));
    }, true);
  }

  #draw({ deletion, insertion }: Curves, label: string): void {
    const summaries: string[] = [];
    for (const [name, { map, random }] of [
      ["deletion", deletion],
      ["insertion", insertion],
    ] as const) {
      const faint = Math.max(...map.probabilities) < FAINT;
      // for deletion a small area is good, for insertion a large one
      const [good, chance] = name === "deletion" ? [map.area, random.area] : [random.area, map.area];
      const summary =
        `area ${number(map.area)}, in random order ${number(random.area)}: ` +
        (faint ? "too faint to tell" : verdict(good, chance));
      summaries.push(`${name}: ${summary}`);
      const to = Math.max(0.05, ...map.probabilities, ...random.probabilities);
      const points = (curve: typeof map) =>
        Array.from(curve.shares, (share, i) => [share, itemAt(curve.probabilities, i)] as const);
      plot(
        byId(name, HTMLElement),
        [
          { name: "hottest first", points: points(map) },
          { name: "random", points: points(random) },
        ],
        `Probability of ${label} by the share of the photo that is ${DONE[name]}: ${summary}`,
        { most: 1, to, xName: DONE[name], yName: "probability" },
      );
      const text = byId(`${name}-text`, HTMLElement);
      text.textContent = summary;
      Object.assign(text.dataset, { area: map.area, random: random.area });
    }
    announce(`The curves are drawn. ${summaries.map(sentence).join(" ")}`);
  }

  /**
   * Draws empty axes: nothing moves when the curves come, and curves of another photo or class would be
   * wrong.
   */
  #blank(): void {
    for (const [name, words] of [
      ["deletion", "lower is better"],
      ["insertion", "higher is better"],
    ] as const) {
      plot(byId(name, HTMLElement), [], `No ${name} curve yet`, {
        most: 1,
        xName: DONE[name],
        yName: "probability",
      });
      const text = byId(`${name}-text`, HTMLElement);
      text.textContent = words;
      delete text.dataset.area;
      delete text.dataset.random;
    }
  }
}

/** Compares two areas, of which a good map would make the first the smaller. */
function verdict(good: number, chance: number): string {
  if (good <= CLEARLY * chance) return "better than random orders here";
  return chance <= CLEARLY * good
    ? "worse than random orders here"
    : "not clearly better than random orders here";
}

/** The part that the network sees, scaled down; drawn large again it is blurred, in every browser. */
function blurred(photo: HTMLCanvasElement, { view, width }: Run): HTMLCanvasElement {
  const small = make("canvas", { width: BLURRED_SIDE, height: BLURRED_SIDE });
  const context = context2d(small);
  context.imageSmoothingQuality = "high";
  const scale = photo.width / width;
  context.drawImage(
    photo,
    view.x * scale,
    view.y * scale,
    view.width * scale,
    view.height * scale,
    0,
    0,
    BLURRED_SIDE,
    BLURRED_SIDE,
  );
  return small;
}
