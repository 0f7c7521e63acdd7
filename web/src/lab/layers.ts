/**
 * Experiment "Through the layers": one map for each stage of the network, from the first convolution to the
 * last.
 */
import { type Explanation, type LayerInfo, type Method, paint } from "../candling.js";
import { description, peakValue } from "../words/maps.js";
import { number } from "../words/numbers.js";
import { byId, check, make, radios } from "../dom/page.js";
import { Experiment, type LabState } from "./experiment.js";
import type { State } from "./permalink.js";
import type { Settings } from "./settings.js";
import { stagesOf } from "./stages.js";
import { itemAt } from "../platform/known.js";

/** Longer side of a thumbnail, in pixels. */
const THUMB = 144;

export class Layers extends Experiment {
  readonly #settings: Settings;
  readonly #depth = byId("depth", HTMLInputElement);
  readonly #big = byId("layer-map", HTMLCanvasElement);
  readonly #thumbs = byId("layer-thumbs", HTMLElement);
  readonly #method: () => string;
  #stages: readonly LayerInfo[] = [];
  /** The map of each stage, as far as it is computed. */
  #maps: (Explanation | undefined)[] = [];
  /** The layer in a link, until the network's layers are known. */
  #wished: string | undefined;

  constructor(settings: Settings) {
    super("layers");
    this.#settings = settings;
    this.#method = radios("layers-method", () => {
      this.onSet();
      this.again();
    });
    this.#depth.addEventListener("input", () => this.#step());
    this.#thumbs.addEventListener("click", ({ target }) => {
      const at = target instanceof HTMLCanvasElement ? [...this.#thumbs.children].indexOf(target) : -1;
      if (at < 0) return;
      this.#depth.value = String(at);
      this.#step();
    });
  }

  override get state(): State {
    const at = Number(this.#depth.value);
    const stage =
      this.#stages.length === 0
        ? this.#wished
        : at < this.#stages.length - 1
          ? this.#stages[at]?.name
          : undefined;
    const stageMethod = this.#method();
    return {
      ...(stage === undefined ? {} : { stage }),
      ...(stageMethod === "grad-cam" ? {} : { stageMethod }),
    };
  }

  override restore({ stage, stageMethod }: State): void {
    check("layers-method", stageMethod);
    this.#wished = stage;
  }

  protected async show(shown: LabState, signal: AbortSignal): Promise<void> {
    const { candling, run, target } = shown;
    if (this.#stages.length === 0) this.#lay(stagesOf(candling.info));
    const maps: (Explanation | undefined)[] = this.#stages.map(() => undefined);
    this.#maps = maps;
    // the last first, as it is the one on show
    for (const [stage, { name }] of [...this.#stages.entries()].reverse()) {
      maps[stage] = await run.explain({ method: this.#method() as Method, target, layer: name, signal });
      await this.#paintThumb(stage, signal);
      if (stage === Number(this.#depth.value)) await this.#enlarge(shown, signal);
    }
  }

  protected override async paint(shown: LabState, signal: AbortSignal): Promise<void> {
    await this.#enlarge(shown, signal);
    for (const stage of this.#stages.keys()) await this.#paintThumb(stage, signal);
  }

  #step(): void {
    this.#mark();
    this.onSet();
    void this.attempt((shown, signal) => this.#enlarge(shown, signal));
  }

  async #paintThumb(stage: number, signal: AbortSignal): Promise<void> {
    const [map, thumb] = [this.#maps[stage], this.#thumbs.children[stage]];
    if (map !== undefined && thumb instanceof HTMLCanvasElement)
      await paint(thumb, map, { ...this.#settings.colours, maxSize: THUMB, signal });
  }

  /** Shows the stage at the slider, if its map is computed already. */
  async #enlarge({ labels }: LabState, signal: AbortSignal): Promise<void> {
    const stage = Number(this.#depth.value);
    const map = this.#maps[stage];
    if (map === undefined || !(await paint(this.#big, map, { ...this.#settings.colours, signal }))) return;
    const { layer, height, width, method, view, target } = map;
    const name = `${layer}, ${height}×${width}`;
    byId("layer-name", HTMLElement).textContent = name;
    byId("layer-about", HTMLElement).textContent =
      peakValue(map) > 0
        ? `Each cell stands for ${Math.round(view.width / width)}×${Math.round(view.height / height)} pixels of the photo. Maximum ${number(map.max)}.`
        : "No positive evidence for this class in this layer.";
    this.#depth.setAttribute("aria-valuetext", name);
    this.#big.setAttribute(
      "aria-label",
      description(`${method} at ${name}`, itemAt(labels, target.class), map),
    );
    Object.assign(this.#big.dataset, {
      layer,
      stage,
      cells: height * width,
      target: target.class,
      method,
      strength: peakValue(map),
    });
  }

  /** Makes a thumbnail for each stage. */
  #lay(stages: readonly LayerInfo[]): void {
    this.#stages = stages;
    this.#thumbs.replaceChildren(...stages.map(() => make("canvas", { width: THUMB, height: THUMB })));
    this.#depth.max = String(stages.length - 1);
    const wished = stages.findIndex(({ name }) => name === this.#wished);
    this.#depth.value = wished < 0 ? this.#depth.max : String(wished);
    this.#mark();
  }

  #mark(): void {
    for (const [place, thumb] of [...this.#thumbs.children].entries()) {
      thumb.classList.toggle("shown", place === Number(this.#depth.value));
    }
  }
}
