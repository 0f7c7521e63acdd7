/** Take it away: pictures, raw numbers with their provenance, a link, and code for another page. */
import { type Explanation, version } from "../candling.js";
import { reading } from "../words/maps.js";
import { number, percent } from "../words/numbers.js";
import { SHOWN } from "./answers.js";
import { byId } from "./dom.js";
import { Experiment, type Shown } from "./experiment.js";
import { figure } from "./figure.js";
import { linkTo, type State } from "./permalink.js";
import { npy, saveBlob, saveCanvas } from "./save.js";
import type { Settings } from "./settings.js";
import { largeView } from "./tiles.js";
import type { Why } from "./why.js";
import { fileName, question } from "./words.js";

/** So many of the answers go into the file. */
const ANSWERS = 10;

export class TakeAway extends Experiment {
  readonly #settings: Settings;
  readonly #why: Why;
  readonly #state: () => State;
  readonly #buttons = ["save-figure", "save-npy", "save-json"].map((id) => byId(id, HTMLButtonElement));
  readonly #code = byId("embed-code", HTMLTextAreaElement);

  constructor(settings: Settings, why: Why, state: () => State) {
    super("take-away");
    this.#settings = settings;
    this.#why = why;
    this.#state = state;
    const actions: Readonly<Record<string, (shown: Shown, signal: AbortSignal) => Promise<void>>> = {
      "save-figure": (shown, signal) => this.#saveFigure(shown, signal),
      "save-npy": async (shown) => this.#saveRaw(shown),
      "save-json": (shown) => this.#saveJson(shown),
      "copy-link": () => this.#copy(linkTo(this.#state()).href, "The link is on the clipboard."),
      "copy-embed": () => this.#copy(this.#code.value, "The embed code is on the clipboard."),
    };
    for (const [id, action] of Object.entries(actions)) {
      byId(id, HTMLButtonElement).addEventListener("click", () => void this.attempt(action));
    }
  }

  protected async show({ picture }: Shown): Promise<void> {
    for (const button of this.#buttons) button.disabled = this.#why.cam.map === undefined;
    const { photo, src } = this.#state();
    byId("link-about", HTMLElement).textContent =
      photo === undefined && src === undefined
        ? "Your photo stays on this device, so a link cannot carry it: it opens with our first sample and your class. Put the photo on the web and open it by its link to share it."
        : `The link opens ${picture.title} with this class, view and settings.`;
    this.refresh();
  }

  /** The embed code of what is shown now: a frame of this page itself, which needs nothing of the page around it. */
  refresh(): void {
    const address = linkTo({ ...this.#state(), embed: true }).href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    this.#code.value = `<iframe src="${address}" title="What made the network say so?" width="100%" height="900" loading="lazy" allow="cross-origin-isolated"></iframe>`;
  }

  /** The heatmap, which the figure and the record are about. */
  #cam(): Explanation {
    const { map } = this.#why.cam;
    if (map === undefined) throw new Error("there is no heatmap to take away; ask for one that could be computed");
    return map;
  }

  #name({ picture, labels }: Shown, kind: string, map = this.#cam()): string {
    return fileName(picture.title, labels[map.target.class] ?? "", map, this.#settings.defaultLayer, kind);
  }

  async #saveFigure(shown: Shown, signal: AbortSignal): Promise<void> {
    const { candling, picture, labels, run, target } = shown;
    const cam = this.#cam();
    const { colours } = this.#settings;
    const ramp = await candling.ramp({ ...colours, width: 256, height: 1, signal });
    const label = labels[target] ?? "";
    const { probability = 0, logit = 0 } = run.predictions.find(({ index }) => index === target) ?? {};
    const panels = this.#why.tiles.flatMap(({ canvas, title, map }) => (map === undefined ? [] : [{ canvas, title, reading: reading(map) }]));
    const made = figure(
      panels,
      { ramp, text: `heatmaps: 0 to their maximum (Grad-CAM ${number(cam.max)}), colours “${colours.colormap}”` },
      {
        heading: `${question(run.predictions.slice(0, SHOWN).some(({ index }) => index === target))} “${label}”?`,
        caption: [
          `${candling.info.name} gives ${label} (class ${target}) ${percent(probability)}, logit ${number(logit)}. Photo: ${picture.title}.`,
          "Heatmaps show where, as coarse as the layer; guided methods show edges, not evidence (Adebayo et al. 2018).",
          `${picture.sample === undefined ? "" : `${picture.credit.replace(/\.$/, "")}. `}Made with Candling ${version}, in the browser.`,
        ],
      },
    );
    ramp.close();
    saveCanvas(made, this.#name(shown, "png").replace(/\.png$/, "-figure.png"));
  }

  /** The map of the view that is large; of the heatmap, where that is the photo. */
  #saveRaw(shown: Shown): void {
    const map = this.#why.tiles.find(({ name }) => name === largeView())?.map ?? this.#cam();
    saveBlob(npy(map.data, [map.channels, map.height, map.width]), this.#name(shown, "npy", map));
  }

  async #saveJson(shown: Shown): Promise<void> {
    const { candling, picture, run, labels, target, fit } = shown;
    const { info } = candling;
    // Pages that came neither over https nor from this machine are given no hash by the browser.
    const sha256 = await candling.digest().catch(() => undefined);
    const maps = this.#why.tiles.flatMap(({ map }) => (map === undefined ? [] : [map]));
    const provenance = {
      candling: version,
      engine: { build: info.build, threads: info.threads, browser: navigator.userAgent },
      model: { name: info.name, sha256, licence: info.licence, origin: info.origin },
      photo: { title: picture.title, width: run.width, height: run.height, view: run.view, fit, credit: picture.credit },
      class: run.predictions.find(({ index }) => index === target) ?? { index: target, label: labels[target] },
      predictions: run.predictions.slice(0, ANSWERS),
      made: new Date().toISOString(),
      maps: maps.map(({ method, counterfactual, layer, target, channels, height, width, max, data }) => ({
        method,
        counterfactual,
        layer,
        target,
        shape: [channels, height, width],
        max,
        // A pixel map has 150,000 values, which .npy holds better.
        ...(channels === 1 ? { values: Array.from(data) } : {}),
      })),
    };
    saveBlob(new Blob([JSON.stringify(provenance, undefined, 1)], { type: "application/json" }), this.#name(shown, "json"));
  }

  async #copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      throw new Error(`the browser does not let this page write to the clipboard; copy it by hand: ${text}`);
    }
    this.say(done);
  }
}
