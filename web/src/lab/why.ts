/** Experiment "Why this class?": four maps beside the photo, and a sentence on where the evidence lies. */
import type { Explanation, ExplainOptions } from "../candling.js";
import { MANY_PASSES, PIXELS } from "../catalogue.js";
import { LIGHT } from "../words/colours.js";
import { peakValue, whereabouts } from "../words/maps.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { byId } from "../dom/page.js";
import type { LabState } from "./experiment.js";
import { announce } from "../dom/message.js";
import { isDarkAtPeak } from "./dark.js";
import type { Settings } from "./settings.js";
import { EDGES, MapTile, PhotoTile } from "./tiles.js";
import { time } from "./timings.js";
import { BRIGHTER, fileName, hasCode, textOf } from "./words.js";
import { itemAt } from "../platform/known.js";

const where = byId("where", HTMLElement);

/** Number of predictions that are announced. */
const SPOKEN = 3;

/** Share of the best class's maximum below which a map is called faint. */
const FAINT = 0.5;

export class Why {
  readonly #settings: Settings;
  readonly #photo = new PhotoTile();
  readonly cam: MapTile;
  readonly guidedBackprop: MapTile;
  readonly guidedGradCam: MapTile;
  readonly plainCam: MapTile;
  #title = "";
  /** The photo whose predictions were announced. */
  #told: LabState | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const name: ConstructorParameters<typeof MapTile>[2] = (map, label) =>
      fileName(this.#title, label, map, settings.defaultLayer);
    const light = () => settings.colours;
    const heat = () => (PIXELS.includes(settings.choice.method) ? EDGES : settings.colours);
    const edges = () => EDGES;
    this.cam = new MapTile("cam", heat, name);
    this.guidedBackprop = new MapTile("guided-backprop", edges, name);
    this.guidedGradCam = new MapTile("guided-grad-cam", edges, name);
    this.plainCam = new MapTile("plain-cam", light, name);
    this.guidedBackprop.describe(textOf("guided-backprop"));
    this.guidedGradCam.describe(textOf("guided-grad-cam"));
    this.plainCam.describe(textOf("cam"));
    this.#describe();
  }

  get tiles(): readonly MapTile[] {
    return [this.cam, this.guidedBackprop, this.guidedGradCam, this.plainCam];
  }

  showPhoto({ run, picture }: LabState): void {
    this.#title = picture.title;
    this.#photo.show(run, picture);
    time("decode", run.timings.read + run.timings.decode);
    time("prepare", run.timings.prepare);
    time("forward", run.timings.forward);
  }

  /**
   * Shows the maps of the chosen class, the heatmap first. Throws only after a crash, and if that is the
   * second one (`afterCrash`) not even then.
   */
  async show(shown: LabState, signal: AbortSignal, afterCrash: boolean): Promise<void> {
    const { run, labels, target } = shown;
    const { question, layer } = this.#settings;
    this.#describe();
    const views: readonly (readonly [MapTile, ExplainOptions])[] = [
      [this.cam, { ...question, target, signal }],
      [this.guidedBackprop, { method: "guided-backprop", target, signal }],
      [this.guidedGradCam, { method: "guided-grad-cam", target, layer, signal }],
      [this.plainCam, { method: "cam", target, signal }],
    ];
    for (const [tile] of views) tile.busy = true;
    for (const [tile, options] of views) {
      try {
        await tile.show(run, itemAt(labels, target), options);
      } catch (error) {
        if (signal.aborted) return;
        if (hasCode(error, "engine-crashed", "run-lost") && !afterCrash) throw error;
        tile.fail(sentence(error));
      }
      if (signal.aborted) return;
      tile.busy = false;
      if (tile !== this.cam) continue;
      this.#describe();
      await this.#tell(shown, options);
    }
    time("cam", this.cam.map?.timings.backward);
    time("guided", sum(this.guidedBackprop.map?.timings.backward, this.guidedGradCam.map?.timings.backward));
    time("paint", sum(...this.tiles.map(({ painting }) => painting)));
  }

  /** Repaints the maps in the current colours. */
  repaint(): void {
    this.#describe();
    for (const tile of [this.cam, this.plainCam]) {
      tile.repaint().catch((error: unknown) => {
        // another photo is being opened, or the engine is restarted: what follows has the current colours
        if (!hasCode(error, "run-freed", "run-lost", "engine-crashed", "engine-unavailable", "closed"))
          throw error;
      });
    }
  }

  /** Describes the heatmap, and says if its colours make the photo brighter than it is. */
  #describe(): void {
    const { map } = this.cam;
    const { title, about } = this.#settings.choice;
    const { colormap, opacity } = this.#settings.colours;
    const isLit =
      map !== undefined && !map.run.freed && colormap === LIGHT && opacity > 0 && peakValue(map) > 0;
    this.cam.describe({ title, about: isLit && isDarkAtPeak(map) ? `${about} ${BRIGHTER}` : about });
  }

  /** Shows the sentence under the predictions, and announces the predictions of a new photo first. */
  async #tell(shown: LabState, options: ExplainOptions): Promise<void> {
    const { map } = this.cam;
    const label = itemAt(shown.labels, shown.target);
    const place =
      map === undefined || map.channels > 1
        ? ""
        : whereabouts(`speaks ${map.counterfactual ? "against" : "for"} ${label}`, map);
    const faint = map === undefined ? "" : await this.#faint(shown, map, options);
    if (options.signal?.aborted) return;
    where.textContent = `${place}${faint}`;
    const answers = shown.run.predictions
      .slice(0, SPOKEN)
      .map(({ label, probability }) => `${label}, ${percent(probability)}`);
    const fresh = this.#told?.run !== shown.run;
    this.#told = shown;
    announce(
      `${fresh ? `The network says: ${answers.join("; ")}. ` : ""}${this.cam.description} ${where.textContent}`,
    );
  }

  /**
   * The sentence on a map that is faint beside the best class's, as every map is painted to its own maximum;
   * empty otherwise.
   */
  async #faint(
    { run, target, labels }: LabState,
    map: Explanation,
    options: ExplainOptions,
  ): Promise<string> {
    const best = itemAt(run.predictions, 0).index;
    if (best === target || map.counterfactual || map.max <= 0 || MANY_PASSES.includes(map.method)) return "";
    const { max } = await run.explain({ ...options, target: best });
    const share = map.max / max;
    return max > 0 && share < FAINT
      ? ` It is faint: ${percent(share)} as strong as what speaks for ${itemAt(labels, best)}.`
      : "";
  }
}

function sum(...values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);
}
