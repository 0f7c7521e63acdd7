/**
 * Experiment "Sanity check" (Adebayo et al. 2018): the weights become random, layer by layer from the top,
 * and each method's map is compared with the one of the intact network. The verdict is derived from the
 * numbers of this network and this photo.
 */
import { TITLES } from "../catalogue.js";
import { type Method, paint, type Randomized } from "../candling.js";
import { correlation as inWords } from "../words/numbers.js";
import { byId, make } from "../dom/page.js";
import { Experiment, type LabState } from "./experiment.js";
import { LatestOnly } from "./latest-only.js";
import { LongRun } from "../dom/long-run.js";
import { announceDebounced } from "../dom/message.js";
import { plot } from "../dom/plot.js";
import type { State } from "./permalink.js";
import type { Settings } from "./settings.js";
import { EDGES } from "./tiles.js";
import { itemAt } from "../platform/known.js";

const methods = (["grad-cam", "guided-backprop", "guided-grad-cam", "cam"] as const satisfies Method[]).map(
  (method) => ({ method, title: TITLES[method] }),
);

/** Rank correlation below which less than a quarter of one map's ranking explains the other's (ρ² < ¼). */
const GONE = 0.5;

/**
 * Ratio of layers from which one map counts as lasting longer than another, which means depending less on
 * what the network has learnt.
 */
const LONGER = 2;

/** The limits of the measurement. */
const ONE_DRAW = "This is one random draw, on one photo.";

/** Longest side of a picture, in pixels. */
const SIZE = 480;

type Correlations = readonly (number | undefined)[];

export class Sanity extends Experiment {
  readonly #settings: Settings;
  readonly #slider = byId("forgotten", HTMLInputElement);
  readonly #text = byId("forgotten-text", HTMLOutputElement);
  readonly #verdict = byId("sanity-verdict", HTMLElement);
  readonly #figures = methods.map(({ method, title }) => {
    const canvas = make("canvas", { width: 400, height: 240, role: "img", ariaLabel: "Not computed yet" });
    canvas.dataset.method = method;
    const value = make("span", {}, "–");
    const figure = make(
      "figure",
      {},
      make("div", { className: "stage" }, canvas),
      make("figcaption", {}, make("b", {}, title), value),
    );
    return { canvas, value, figure };
  });
  readonly #follow = new LatestOnly<number>((layers) =>
    this.attempt((shown, signal) => this.#forget(shown, layers, signal)),
  );
  /** Results for the photo and class on show, by the number of layers. */
  #measured = new Map<number, Correlations>();
  #of: { readonly run: unknown; readonly target: number } | undefined;
  /** The latest result. */
  #answer: (Randomized & { readonly target: number; readonly labels: readonly string[] }) | undefined;
  /** The number of layers in a link, until it is shown. */
  #wished = 0;
  readonly #running = new LongRun("sanity-all", "sanity-bar", (progress, end) =>
    this.#forgetAll(progress, end),
  );

  constructor(settings: Settings) {
    super("sanity");
    this.#settings = settings;
    byId("sanity-maps", HTMLElement).append(...this.#figures.map(({ figure }) => figure));
    this.#slider.addEventListener("input", () => {
      this.#running.end();
      this.#follow.request(Number(this.#slider.value));
      this.onSet();
    });
  }

  override get state(): State {
    const forgotten = this.#of === undefined ? this.#wished : Number(this.#slider.value);
    return forgotten === 0 ? {} : { forgotten };
  }

  override restore({ forgotten = 0 }: State): void {
    this.#wished = forgotten;
  }

  override forget(): void {
    this.#wished = 0;
    this.#slider.value = "0";
  }

  protected async show(shown: LabState, signal: AbortSignal): Promise<void> {
    const { run, target, candling } = shown;
    this.#slider.max = String(candling.info.weighted.length);
    if (this.#of?.run !== run || this.#of.target !== target) {
      this.#measured.clear();
      this.#of = { run, target };
      this.#slider.value = String(this.#wished);
      this.#wished = 0;
      this.#verdict.textContent =
        "All layers as they were trained. Move the slider, or run through all of them.";
    }
    await this.#forget(shown, Number(this.#slider.value), signal);
  }

  override cancel(): void {
    super.cancel();
    this.#running.end();
    this.#follow.clear();
  }

  /** Paints the maps of a network whose first `layers` layers from the top are random. */
  async #forget({ run, target, labels }: LabState, layers: number, signal: AbortSignal): Promise<void> {
    const { defaultLayer } = this.#settings;
    const answer = await run.randomized({
      layers,
      target,
      layer: defaultLayer,
      methods: methods.map(({ method }) => method),
      signal,
    });
    if (signal.aborted) return;
    this.#measured.set(
      layers,
      answer.maps.map(({ correlation }) => correlation),
    );
    this.#answer = { ...answer, target, labels };
    await this.#paintMaps(signal);
    if (signal.aborted) return;
    this.#text.textContent = this.#name(answer);
    this.#slider.setAttribute("aria-valuetext", this.#text.textContent);
    if (layers > 0) {
      this.#verdict.textContent = this.#judge();
      announceDebounced(this.#verdict.textContent);
    }
    this.#plot();
  }

  protected override paint(_: LabState, signal: AbortSignal): Promise<void> {
    return this.#paintMaps(signal);
  }

  async #paintMaps(signal: AbortSignal): Promise<void> {
    if (this.#answer === undefined) return;
    const { layers, maps, target, labels } = this.#answer;
    await Promise.all(
      maps.map(async ({ map, correlation }, at) => {
        const figure = this.#figures[at];
        const title = itemAt(methods, at).title;
        if (figure === undefined) return;
        const { canvas, value } = figure;
        // random weights may overflow, and there is no picture of that
        if (!map.data.every(Number.isFinite)) canvas.width = canvas.height = 1;
        else
          await paint(canvas, map, {
            ...(map.channels === 3 ? EDGES : this.#settings.colours),
            maxSize: SIZE,
            signal,
          });
        value.textContent =
          correlation === undefined ? "nothing left to compare" : `rank correlation ${inWords(correlation)}`;
        Object.assign(canvas.dataset, { layers: layers.length, target, correlation: correlation ?? "" });
        canvas.ariaLabel = `${title} for ${itemAt(labels, target)} with ${this.#count(layers.length)}: ${value.textContent}`;
      }),
    );
  }

  #count(layers: number): string {
    const all = Number(this.#slider.max);
    if (layers === 0) return "all layers as trained";
    return layers === all ? `all ${all} layers random` : `${layers} of ${all} layers random`;
  }

  #name({ layers }: Randomized): string {
    const last = layers.at(-1);
    if (last === undefined) return "none";
    return layers.length === 1 ? `1: ${last}` : `${layers.length}, down to ${last}`;
  }

  #forgetAll(progress: (done: number, total: number) => void, end: AbortSignal): Promise<void> {
    return this.attempt(async (shown, signal) => {
      const over = AbortSignal.any([signal, end]);
      const all = Number(this.#slider.max);
      for (let layers = 0; layers <= all && !over.aborted; layers++) {
        this.#slider.value = String(layers);
        progress(layers, all);
        await this.#forget(shown, layers, over);
      }
    });
  }

  /**
   * The verdict on this network, from what was measured up to the slider's position, and on the whole once
   * all was measured.
   */
  #judge(): string {
    const here = this.#measured.get(Number(this.#slider.value)) ?? [];
    const words = methods
      .slice(0, 3)
      .map(({ title }, at) => `${title} ${here[at] === undefined ? "has nothing left" : inWords(here[at])}`);
    const now = `With ${this.#count(Number(this.#slider.value))}, rank correlation with the trained network’s map: ${words.join(", ")}.`;
    const all = Number(this.#slider.max);
    if (this.#measured.size <= all) return now;
    if (this.#measured.get(0)?.[0] === undefined)
      return `${now} There is no Grad-CAM map of this class to lose; choose another class.`;
    const [cam, guided] = [this.#lost(0), this.#lost(1)];
    const after = (layers: number | undefined) =>
      layers === undefined ? "never" : layers === 1 ? "after one layer" : `after ${layers} layers`;
    const found = `Grad-CAM’s map is lost (below ${GONE}, whatever its sign) ${after(cam)}, Guided Backprop’s ${after(guided)}, of ${all}.`;
    if (cam !== undefined && (guided === undefined || guided >= LONGER * cam)) {
      const long =
        guided === undefined ? "as long as any layer was left" : `until ${guided} layers were random`;
      return `${now} ${found} That is what the paper found: Grad-CAM’s map follows what the network has learnt, while Guided Backprop went on drawing much the same picture ${long}. ${ONE_DRAW}`;
    }
    return `${now} ${found} The paper found Guided Backprop lasting much longer; this network, on this photo, does not show it. ${ONE_DRAW}`;
  }

  /** The number of layers until a method's map is gone; undefined if it never is. */
  #lost(method: number): number | undefined {
    return this.#steps().find((step) => {
      const value = this.#measured.get(step)?.[method];
      return value === undefined || Math.abs(value) < GONE;
    });
  }

  /** The numbers of layers that were measured, in ascending order. */
  #steps(): readonly number[] {
    return [...this.#measured.keys()].sort((a, b) => a - b);
  }

  #plot(): void {
    const steps = this.#steps();
    const lines = methods.slice(0, 3).map(({ title }, at) => ({
      name: title,
      points: steps.flatMap((step) => {
        const value = this.#measured.get(step)?.[at];
        return value === undefined ? [] : [[step, value] as const];
      }),
    }));
    const now = Number(this.#slider.value);
    // nothing is cut off: the axis reaches down to the lowest value, in quarters
    const lowest = Math.min(-0.25, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
    plot(
      byId("correlations", HTMLElement),
      lines,
      `Rank correlations at ${steps.length} steps. ${this.#verdict.textContent}`,
      {
        most: Number(this.#slider.max),
        xName: "random layers",
        yName: "",
        from: Math.floor(4 * lowest) / 4,
        now,
      },
    );
  }
}
