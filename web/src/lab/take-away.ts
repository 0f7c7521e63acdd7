/**
 * Experiment "Take it away": pictures, a page, raw numbers with their provenance, a link, and code for
 * another page.
 */
import { LAYERED, PIXELS } from "../catalogue.js";
import { type Explanation, version } from "../candling.js";
import type { ExportOptions } from "../candling-export.js";
import { question } from "../export/question.js";
import { SHOWN } from "./answers.js";
import { byId } from "../dom/page.js";
import { elementCode, type Figure, frameCode } from "./embed-code.js";
import { Experiment, type LabState } from "./experiment.js";
import { linkTo, type State } from "./permalink.js";
import { npy, saveBlob } from "../dom/save.js";
import type { Settings } from "./settings.js";
import { largeView } from "./tiles.js";
import type { Why } from "./why.js";
import { isOwn } from "./weights.js";
import { fileName } from "./words.js";
import { itemAt } from "../platform/known.js";

/** Number of predictions in the file. */
const ANSWERS = 10;

export class TakeAway extends Experiment {
  readonly #settings: Settings;
  readonly #why: Why;
  readonly #state: () => State;
  readonly #buttons = ["save-figure", "save-page", "save-npy", "save-json"].map((id) =>
    byId(id, HTMLButtonElement),
  );
  readonly #element = byId("element-code", HTMLTextAreaElement);
  readonly #frame = byId("frame-code", HTMLTextAreaElement);

  constructor(settings: Settings, why: Why, state: () => State) {
    super("take-away");
    this.#settings = settings;
    this.#why = why;
    this.#state = state;
    const actions: Readonly<Record<string, (shown: LabState, signal: AbortSignal) => Promise<void>>> = {
      "save-figure": (shown, signal) => this.#saveFigure(shown, signal),
      "save-page": (shown, signal) => this.#savePage(shown, signal),
      "save-npy": async (shown) => this.#saveRaw(shown),
      "save-json": (shown) => this.#saveJson(shown),
      "copy-link": () => this.#copy(linkTo(this.#state()).href, "The link is on the clipboard."),
      "copy-element": () => this.#copy(this.#element.value, "The element's code is on the clipboard."),
      "copy-frame": () => this.#copy(this.#frame.value, "The frame's code is on the clipboard."),
    };
    for (const [id, action] of Object.entries(actions)) {
      byId(id, HTMLButtonElement).addEventListener("click", () => void this.attempt(action));
    }
  }

  protected async show({ picture }: LabState): Promise<void> {
    for (const button of this.#buttons) button.disabled = this.#why.cam.map === undefined;
    const { photo, src } = this.#state();
    byId("link-about", HTMLElement).textContent = isOwn
      ? "A link cannot carry your model: whoever opens this one needs its file as well."
      : photo === undefined && src === undefined
        ? "Your photo stays on this device, so a link cannot carry it: it opens with our first sample, your class and your settings. Put the photo on the web and open it by its link to share it."
        : `The link opens ${picture.title} at the top of the page, with this class, view and settings, and with what is set in the experiments.`;
    this.refresh();
  }

  /** Updates the link and the codes. */
  refresh(): void {
    const { shown } = this;
    if (shown === undefined) return;
    const figure = this.#figure(shown);
    const { run, target, labels } = shown;
    const isAnswer = run.predictions.slice(0, SHOWN).some(({ index }) => index === target);
    const title = question(itemAt(labels, target), isAnswer);
    this.#element.value = elementCode(
      isOwn ? { ...figure, question: { model: "your-model.safetensors", ...figure.question } } : figure,
    );
    this.#frame.value = isOwn ? "" : frameCode(figure, new URL("embed.html", document.baseURI), title);
    byId("copy-frame", HTMLButtonElement).disabled = isOwn;
    const notes = [
      ...(figure.photo === undefined
        ? ["Your photo is not in them: put it on the web, and its address in the place of your-photo.jpg."]
        : []),
      ...(figure.alt === ""
        ? ["Put into the empty alt what the photo shows, for readers who cannot see it."]
        : []),
      ...(isOwn
        ? [
            "The element needs your model's address in the place of your-model.safetensors; frames show our network only.",
          ]
        : []),
      ...(this.#settings.choice.counterfactual
        ? ["They show what speaks for the class; what speaks against it only this page shows."]
        : []),
      ...(shown.fit === "crop" ? ["They show the network the whole photo."] : []),
    ];
    byId("code-about", HTMLElement).textContent = notes.join(" ");
  }

  /** The figure for the element; default values are left out. */
  #figure({ picture, run, target }: LabState): Figure {
    const settings = this.#settings;
    const view = largeView();
    const chosen = settings.choice.counterfactual ? "grad-cam" : settings.choice.method;
    const method = view === "plain-cam" ? "cam" : view.startsWith("guided") ? view : chosen;
    const isHeatmap = !PIXELS.some((pixels) => pixels === method);
    const isLayered = LAYERED.some((layered) => layered === method);
    const { colormap } = settings.colours;
    const link = picture.link !== undefined && /^https?:/.test(picture.link) ? picture.link : undefined;
    const address = picture.sample === undefined ? link : `samples/${encodeURIComponent(picture.sample)}`;
    return {
      photo: address === undefined ? undefined : new URL(address, document.baseURI),
      readable: link !== undefined,
      // a file's name describes nothing: the author of the post writes the description
      alt: picture.sample === undefined ? "" : picture.title,
      credit: picture.sample === undefined ? "" : picture.credit,
      width: run.width,
      height: run.height,
      question: {
        ...(target === run.predictions[0]?.index ? {} : { target: String(target) }),
        ...(method === "grad-cam" ? {} : { method }),
        ...(settings.layer === settings.defaultLayer || !isLayered ? {} : { layer: settings.layer }),
        ...(colormap === "candle" || !isHeatmap ? {} : { colormap }),
        ...(settings.opacity === settings.usualOpacity || !isHeatmap
          ? {}
          : { opacity: String(settings.opacity / 100) }),
      },
    };
  }

  /** The heatmap, for figure and record. */
  #cam(): Explanation {
    const { map } = this.#why.cam;
    if (map === undefined)
      throw new Error("there is no heatmap to take away; ask for one that could be computed");
    return map;
  }

  #name({ picture, labels }: LabState, kind: string, map = this.#cam()): string {
    return fileName(picture.title, itemAt(labels, map.target.class), map, this.#settings.defaultLayer, kind);
  }

  /** Options for the export of these maps, in the words and colours of the page. */
  #exported(
    { candling, picture }: LabState,
    maps: readonly Explanation[],
    signal: AbortSignal,
  ): ExportOptions {
    const credit = picture.sample === undefined ? "" : picture.credit;
    return { candling, maps, credit, alt: picture.title, ...this.#settings.colours, signal };
  }

  /** Saves the four views. */
  async #saveFigure(shown: LabState, signal: AbortSignal): Promise<void> {
    const { exportFigure } = await import("../candling-export.js");
    const maps = this.#why.tiles.flatMap(({ map }) => (map === undefined ? [] : [map]));
    saveBlob(
      await exportFigure(this.#exported(shown, maps, signal)),
      this.#name(shown, "png").replace(/\.png$/, "-figure.png"),
    );
  }

  /** Saves the heatmap and Guided Grad-CAM of the chosen class, and the heatmaps of the likeliest ones. */
  async #savePage(shown: LabState, signal: AbortSignal): Promise<void> {
    const { exportPage } = await import("../candling-export.js");
    const { run, target } = shown;
    const cam = this.#cam();
    const maps = [cam];
    const edges = this.#why.guidedGradCam.map;
    if (edges !== undefined) maps.push(edges);
    for (const { index } of run.predictions.slice(0, SHOWN)) {
      if (index === target) continue;
      maps.push(await run.explain({ ...this.#settings.question, target: index, signal }));
    }
    saveBlob(await exportPage(this.#exported(shown, maps, signal)), this.#name(shown, "html"));
  }

  /** Saves the map of the large view; the heatmap if that is the photo. */
  #saveRaw(shown: LabState): void {
    const map = this.#why.tiles.find(({ name }) => name === largeView())?.map ?? this.#cam();
    saveBlob(npy(map.data, [map.channels, map.height, map.width]), this.#name(shown, "npy", map));
  }

  async #saveJson(shown: LabState): Promise<void> {
    const { candling, picture, run, labels, target, fit } = shown;
    const { info } = candling;
    // in insecure contexts browsers offer no hash
    const sha256 = await candling.digest().catch(() => undefined);
    const maps = this.#why.tiles.flatMap(({ map }) => (map === undefined ? [] : [map]));
    const provenance = {
      candling: version,
      engine: { build: info.build, threads: info.threads, browser: navigator.userAgent },
      model: { name: info.name, sha256, licence: info.licence, origin: info.origin },
      photo: {
        title: picture.title,
        width: run.width,
        height: run.height,
        view: run.view,
        fit,
        credit: picture.credit,
      },
      class: run.predictions.find(({ index }) => index === target) ?? {
        index: target,
        label: labels[target],
      },
      predictions: run.predictions.slice(0, ANSWERS),
      made: new Date().toISOString(),
      maps: maps.map(({ method, counterfactual, layer, target, channels, height, width, max, data }) => ({
        method,
        counterfactual,
        layer,
        target,
        shape: [channels, height, width],
        max,
        // a pixel map has 150,000 values, for which .npy is better
        ...(channels === 1 ? { values: Array.from(data) } : {}),
      })),
    };
    saveBlob(
      new Blob([JSON.stringify(provenance, undefined, 1)], { type: "application/json" }),
      this.#name(shown, "json"),
    );
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
