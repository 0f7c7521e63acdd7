/** Why this class? The four maps of one question beside the photo, and a sentence on where the evidence lies. */
import type { ExplainOptions } from "../candling.js";
import { byId } from "./dom.js";
import type { Shown } from "./experiment.js";
import { announce } from "./message.js";
import type { Settings } from "./settings.js";
import { MapTile, PhotoTile } from "./tiles.js";
import { time } from "./timings.js";
import { fileName, hasCode, percent, sentence, viewTexts, whereabouts } from "./words.js";

const where = byId("where", HTMLElement);

/** So many answers are read out. */
const SPOKEN = 3;

export class Why {
  readonly #settings: Settings;
  readonly #photo = new PhotoTile();
  readonly cam: MapTile;
  readonly guidedBackprop: MapTile;
  readonly guidedGradCam: MapTile;
  readonly plainCam: MapTile;
  #title = "";
  /** The photo whose answers were read out. */
  #told: Shown | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const name: ConstructorParameters<typeof MapTile>[2] = (map, label) =>
      fileName(this.#title, label, map, settings.defaultLayer);
    const light = () => settings.colours;
    // Edges are read on their own grey; over the photo they would drown.
    const edges = () => ({ photo: false, opacity: 1 });
    this.cam = new MapTile("cam", light, name);
    this.guidedBackprop = new MapTile("guided-backprop", edges, name);
    this.guidedGradCam = new MapTile("guided-grad-cam", edges, name);
    this.plainCam = new MapTile("plain-cam", light, name);
    this.guidedBackprop.describe(viewTexts["guided-backprop"]);
    this.guidedGradCam.describe(viewTexts["guided-grad-cam"]);
    this.plainCam.describe(viewTexts.cam);
    this.cam.describe(settings.choice);
  }

  get tiles(): readonly MapTile[] {
    return [this.cam, this.guidedBackprop, this.guidedGradCam, this.plainCam];
  }

  showPhoto({ run, picture }: Shown): void {
    this.#title = picture.title;
    this.#photo.show(run, picture);
    time("decode", run.timings.read + run.timings.decode);
    time("prepare", run.timings.prepare);
    time("forward", run.timings.forward);
  }

  /** The maps of the chosen class, the heatmap first. Only a crash is thrown, and after one (`afterCrash`) not even that. */
  async show(shown: Shown, signal: AbortSignal, afterCrash: boolean): Promise<void> {
    const { run, labels, target } = shown;
    const { choice, layer } = this.#settings;
    this.cam.describe(choice);
    const views: readonly (readonly [MapTile, ExplainOptions])[] = [
      [this.cam, { method: choice.method, counterfactual: choice.counterfactual, target, layer, signal }],
      [this.guidedBackprop, { method: "guided-backprop", target, signal }],
      [this.guidedGradCam, { method: "guided-grad-cam", target, layer, signal }],
      [this.plainCam, { method: "cam", target, signal }],
    ];
    for (const [tile] of views) tile.busy = true;
    for (const [tile, options] of views) {
      try {
        await tile.show(run, labels[target] ?? "", options);
      } catch (error) {
        if (signal.aborted) return;
        if (hasCode(error, "engine-crashed", "run-lost") && !afterCrash) throw error;
        tile.fail(sentence(error));
      }
      if (signal.aborted) return;
      tile.busy = false;
      if (tile === this.cam) this.#tell(shown);
    }
    time("cam", this.cam.map?.timings.backward);
    time("guided", sum(this.guidedBackprop.map?.timings.backward, this.guidedGradCam.map?.timings.backward));
    time("paint", sum(...this.tiles.map(({ painting }) => painting)));
  }

  repaint(): void {
    for (const tile of [this.cam, this.plainCam]) void tile.repaint();
  }

  /** The sentence under the answers; those who do not see the page hear the answers of a new photo first. */
  #tell(shown: Shown): void {
    const { map } = this.cam;
    where.textContent = map === undefined ? "" : whereabouts(shown.labels[shown.target] ?? "", map);
    const answers = shown.run.predictions.slice(0, SPOKEN).map(({ label, probability }) => `${label}, ${percent(probability)}`);
    const fresh = this.#told?.run !== shown.run;
    this.#told = shown;
    announce(`${fresh ? `The network says: ${answers.join("; ")}. ` : ""}${this.cam.description} ${where.textContent}`);
  }
}

function sum(...values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);
}
