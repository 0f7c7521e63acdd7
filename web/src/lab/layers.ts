/** Through the layers: one map for each stage of the network, from the first convolution to the last. */
import { type Explanation, type LayerInfo, type Method, paint } from "../candling.js";
import { byId, make, radios } from "./dom.js";
import { Experiment, type Shown } from "./experiment.js";
import type { Settings } from "./settings.js";
import { description, number, strength } from "./words.js";

/** A thumbnail's longer side, in pixels. */
const THUMB = 144;

export class Layers extends Experiment {
  readonly #settings: Settings;
  readonly #depth = byId("depth", HTMLInputElement);
  readonly #big = byId("layer-map", HTMLCanvasElement);
  readonly #thumbs = byId("layer-thumbs", HTMLElement);
  readonly #method: () => string;
  #stages: readonly LayerInfo[] = [];
  #maps: readonly Explanation[] = [];

  constructor(settings: Settings) {
    super("layers");
    this.#settings = settings;
    this.#method = radios("layers-method", () => this.again());
    this.#depth.addEventListener("input", () => this.#step());
    this.#thumbs.addEventListener("click", ({ target }) => {
      const at = target instanceof HTMLCanvasElement ? [...this.#thumbs.children].indexOf(target) : -1;
      if (at < 0) return;
      this.#depth.value = String(at);
      this.#step();
    });
  }

  protected async show(shown: Shown, signal: AbortSignal): Promise<void> {
    const { candling, run, target } = shown;
    if (this.#stages.length === 0) this.#lay(stagesOf(candling.info.layers));
    const maps: Explanation[] = [];
    // The last first: it is the one that is looked at.
    for (const { name } of [...this.#stages].reverse()) {
      const map = await run.explain({ method: this.#method() as Method, target, layer: name, signal });
      maps.unshift(map);
      const place = this.#stages.length - maps.length;
      const thumb = this.#thumbs.children[place];
      if (thumb instanceof HTMLCanvasElement) await paint(thumb, map, { ...this.#settings.colours, maxSize: THUMB, signal });
      if (place === Number(this.#depth.value)) await this.#enlarge(shown, map, signal);
    }
    this.#maps = maps;
    // The slider may have moved meanwhile.
    this.#step();
  }

  #step(): void {
    void this.attempt(async (shown, signal) => {
      this.#mark();
      const map = this.#maps[Number(this.#depth.value)];
      if (map?.run === shown.run) await this.#enlarge(shown, map, signal);
    });
  }

  async #enlarge({ labels, target }: Shown, map: Explanation, signal: AbortSignal): Promise<void> {
    if (!(await paint(this.#big, map, { ...this.#settings.colours, signal }))) return;
    const { layer, height, width, method } = map;
    const name = `${layer}, ${height}×${width}`;
    byId("layer-name", HTMLElement).textContent = name;
    const wide = map.view.width / width;
    byId("layer-about", HTMLElement).textContent =
      strength(map) > 0
        ? `Each cell stands for ${number(wide)}×${number(map.view.height / height)} pixels of the photo. Maximum ${number(map.max)}.`
        : "No positive evidence for this class in this layer.";
    this.#depth.setAttribute("aria-valuetext", name);
    this.#big.setAttribute("aria-label", description(`${method} at ${name}`, labels[target] ?? "", map));
    const stage = this.#stages.findIndex(({ name }) => name === layer);
    Object.assign(this.#big.dataset, { layer, stage, cells: height * width, target, method, strength: strength(map) });
  }

  /** A thumbnail for each stage. */
  #lay(stages: readonly LayerInfo[]): void {
    this.#stages = stages;
    this.#thumbs.replaceChildren(...stages.map(() => make("canvas", { width: THUMB, height: THUMB })));
    this.#depth.max = String(stages.length - 1);
    this.#depth.value = this.#depth.max;
    this.#mark();
  }

  #mark(): void {
    for (const [place, thumb] of [...this.#thumbs.children].entries()) {
      thumb.classList.toggle("shown", place === Number(this.#depth.value));
    }
  }
}

/** The last layer of every block, and the layers outside of blocks: a block is what stands before the second dot of a name. Layers
 *  without positions are none to map. */
function stagesOf(layers: readonly LayerInfo[]): readonly LayerInfo[] {
  const mapped = layers.filter(({ op, height, width }) => op !== "input" && height * width > 1);
  const block = ({ name }: LayerInfo) => name.split(".").slice(0, 2).join(".");
  return mapped.filter((layer, at) => mapped[at + 1] === undefined || block(layer) !== block(mapped[at + 1] as LayerInfo));
}
