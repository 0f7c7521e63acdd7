/**
 * The page: a photo in, the answers, three maps.
 *
 * The latest wish wins. A new photo ends the work on the one before it, a new class or setting ends the maps of the one
 * before it, and a map that comes too late is never painted.
 */
import type { Candling, ExplainOptions, Fit, PaintOptions, Run } from "./candling.js";
import { Answers } from "./lab/answers.js";
import { byId, fillOptions, found } from "./lab/dom.js";
import { loadNetwork } from "./lab/loading.js";
import { announce, clear, say } from "./lab/message.js";
import { fetchSample, listenForPhotos, markSample, type Picture, type Sample, showSamples } from "./lab/sources.js";
import { MapTile, PhotoTile } from "./lab/tiles.js";
import { chooseModel } from "./lab/weights.js";
import { camChoices, type CamName, fileName, guidedTexts, hasCode, milliseconds, sentence } from "./lab/words.js";

const page = byId("lab", HTMLElement);
const method = byId("method", HTMLSelectElement);
const layer = byId("layer", HTMLSelectElement);
const fit = byId("fit", HTMLSelectElement);
const colormap = byId("colormap", HTMLSelectElement);
const opacity = byId("opacity", HTMLInputElement);
const opacityText = byId("opacity-text", HTMLOutputElement);

/** A photo on its way. */
interface Opening {
  readonly picture: Picture | Promise<Picture>;
  /** The class to explain; the top one where left out. */
  target: number | undefined;
  readonly end: AbortController;
}

/** The photo on the page, its forward pass, and the class that is explained. */
interface Shown {
  readonly picture: Picture;
  readonly run: Run;
  readonly labels: readonly string[];
  target: number;
}

class Lab {
  readonly #network: Promise<Candling>;
  readonly #answers = new Answers((target) => void this.ask(target));
  readonly #photo = new PhotoTile();
  readonly #cam = this.#tile("cam", () => ({ colormap: colormap.value, opacity: Number(opacity.value) / 100 }));
  // Edges are read on their own grey; over the photo they would drown.
  readonly #guidedBackprop = this.#tile("guided-backprop", () => ({ photo: false, opacity: 1 }));
  readonly #guidedGradCam = this.#tile("guided-grad-cam", () => ({ photo: false, opacity: 1 }));
  #opening: Opening | undefined;
  #shown: Shown | undefined;
  /** The layer before the pooling. */
  #defaultLayer = "";
  /** Ends the maps that are being computed. */
  #mapping: AbortController | undefined;

  constructor(network: Promise<Candling>) {
    this.#network = network;
    this.#cam.describe(camChoices["grad-cam"]);
    for (const tile of [this.#guidedBackprop, this.#guidedGradCam]) tile.describe(guidedTexts[tile.name]);
    void network.then((candling) => {
      fillSettings(candling);
      this.#defaultLayer = candling.info.defaultLayer;
      this.#answers.takeQuestions(candling);
    });
    method.addEventListener("change", () => {
      this.#limitLayers();
      this.#again();
    });
    layer.addEventListener("change", () => this.#again());
    fit.addEventListener("change", () => {
      const photo = this.#opening ?? this.#shown;
      if (photo !== undefined) void this.open(photo.picture, photo.target);
    });
    colormap.addEventListener("change", () => void this.#cam.repaint());
    opacity.addEventListener("input", () => {
      opacityText.textContent = `${opacity.value} %`;
      void this.#cam.repaint();
    });
  }

  /** The same photo and class by another method or at another layer. */
  #again(): void {
    clear();
    void this.#map();
  }

  /** Plain CAM exists before the pooling only: the other layers cannot be chosen with it. */
  #limitLayers(): void {
    const plain = camChoices[method.value as CamName].method === "cam";
    for (const option of layer.options) option.disabled = plain && option.value !== this.#defaultLayer;
    if (plain) layer.value = this.#defaultLayer;
  }

  /** A photo: its forward pass, then its maps. Waits for the network if need be. If it fails, the page says so and keeps what
   *  it showed. */
  async open(picture: Picture | Promise<Picture>, target?: number, afterCrash = false): Promise<void> {
    this.#opening?.end.abort();
    this.#mapping?.abort();
    const opening: Opening = { picture, target, end: new AbortController() };
    const { signal } = opening.end;
    this.#opening = opening;
    this.#busy();
    let failed: unknown;
    try {
      await this.#forward(opening);
    } catch (error) {
      failed = error;
    }
    if (signal.aborted) return;
    this.#opening = undefined;
    if (failed === undefined) {
      clear();
    } else {
      markSample(this.#shown?.picture.sample);
      say(sentence(failed));
    }
    await this.#map(afterCrash);
  }

  /** Whether a photo is shown or on its way. */
  get inUse(): boolean {
    return this.#opening !== undefined || this.#shown !== undefined;
  }

  /** Another class of the same photo: no forward pass. While a photo is on its way, it is that one's class. */
  async ask(target: number): Promise<void> {
    if (this.#opening !== undefined) {
      this.#opening.target = target;
    } else if (this.#shown !== undefined) {
      this.#shown.target = target;
      this.#answers.choose(target);
      clear();
      await this.#map();
    }
  }

  async #forward(opening: Opening): Promise<void> {
    const picture = await opening.picture;
    const candling = await this.#network;
    const run = await candling.run(picture.source, { fit: fit.value as Fit, signal: opening.end.signal });
    this.#shown?.run.free();
    const target = opening.target ?? run.predictions[0]?.index ?? 0;
    this.#shown = { picture, run, labels: candling.labels, target };
    this.#photo.show(run, picture);
    markSample(picture.sample);
    this.#answers.show(run.predictions, target);
    time("decode", run.timings.read + run.timings.decode);
    time("prepare", run.timings.prepare);
    time("forward", run.timings.forward);
  }

  /** The maps of the chosen class, the heatmap first. */
  async #map(afterCrash = false): Promise<void> {
    this.#mapping?.abort();
    // What is chosen while a photo is on its way counts when it is there.
    if (this.#opening !== undefined || this.#shown === undefined) return this.#busy();
    const mapping = new AbortController();
    const { signal } = mapping;
    this.#mapping = mapping;
    this.#busy();
    const choice = camChoices[method.value as CamName];
    this.#cam.describe(choice);
    const { picture, run, labels, target } = this.#shown;
    const views: readonly (readonly [MapTile, ExplainOptions])[] = [
      [this.#cam, { method: choice.method, counterfactual: choice.counterfactual, target, layer: layer.value, signal }],
      [this.#guidedBackprop, { method: "guided-backprop", target, signal }],
      [this.#guidedGradCam, { method: "guided-grad-cam", target, layer: layer.value, signal }],
    ];
    for (const [tile] of views) tile.busy = true;
    for (const [tile, options] of views) {
      try {
        await tile.show(run, labels[target] ?? "", options);
      } catch (error) {
        if (signal.aborted) return;
        // A crash takes the forward pass with it: once more from the photo, but not for ever.
        if (hasCode(error, "engine-crashed", "run-lost") && !afterCrash) return this.open(picture, target, true);
        tile.fail(sentence(error));
      }
      if (signal.aborted) return;
      tile.busy = false;
      if (tile === this.#cam) announce(tile.description);
    }
    this.#mapping = undefined;
    time("cam", this.#cam.map?.timings.backward);
    time("guided", sum(this.#guidedBackprop.map?.timings.backward, this.#guidedGradCam.map?.timings.backward));
    time("paint", sum(this.#cam.painting, this.#guidedBackprop.painting, this.#guidedGradCam.painting));
    this.#busy();
  }

  #busy(): void {
    this.#answers.waiting = this.#opening !== undefined;
    page.setAttribute("aria-busy", String(this.#opening !== undefined || this.#mapping !== undefined));
  }

  #tile<Name extends string>(name: Name, colours: () => PaintOptions): MapTile<Name> {
    return new MapTile(name, colours, (map, label) => {
      const title = this.#shown?.picture.title ?? "";
      return fileName(title, label, map, this.#defaultLayer);
    });
  }
}

function time(stage: string, value: number | undefined): void {
  found(document, `[data-stage="${stage}"]`, HTMLElement).textContent = value === undefined ? "–" : milliseconds(value);
}

function sum(...values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);
}

/** What can be chosen is the network's to say. */
function fillSettings({ info, colormaps }: Candling): void {
  fillOptions(
    method,
    Object.entries(camChoices).map(([value, { title }]) => [value, title] as const),
  );
  const deepestFirst = info.layers.filter(({ height, width }) => height * width > 1).reverse();
  fillOptions(
    layer,
    deepestFirst.map(({ name, height, width }) => [name, `${name}, ${height}×${width}${name === info.defaultLayer ? " (the last)" : ""}`] as const),
  );
  layer.value = info.defaultLayer;
  fillOptions(
    colormap,
    colormaps.map((name) => [name, name] as const),
  );
  byId("model-credit", HTMLElement).textContent = `The network: ${info.name}, ${info.licence}, ${info.origin}.`;
}

const network = loadNetwork(chooseModel());
const lab = new Lab(network);

const openSample = (sample: Sample) => {
  markSample(sample.file);
  const picture = fetchSample(sample);
  picture.catch(() => {}); // told to the visitor when its turn comes
  void lab.open(picture);
};
listenForPhotos((picture) => {
  markSample(undefined);
  if (byId("loading", HTMLElement).dataset.state !== "ready") say("Your photo is next, as soon as the network is loaded.");
  void lab.open(picture);
});
const first = await showSamples(openSample);
// A visitor may have been faster than the list of samples.
if (!lab.inUse) {
  if (first !== undefined) openSample(first);
  else page.setAttribute("aria-busy", "false");
}
