/**
 * What can be set for all views: the heatmap's method and layer, what the network is shown, and the colours.
 */
import type { Candling, ExplainOptions, Fit } from "../candling.js";
import { byId, fillOptions } from "../dom/page.js";
import { chosenColours, listenForColours, showColours } from "../site/colours.js";
import { usualOpacity } from "../words/colours.js";
import type { State } from "./permalink.js";
import { hasLayers, type HeatmapChoice, heatmaps } from "./words.js";

/** What changed: the photo has to run again, be asked again, or only be painted again. */
export type Change = "fit" | "question" | "colours";

export interface Colours {
  readonly colormap: string;
  /** 0 to 1. */
  readonly opacity: number;
}

const method = byId("method", HTMLSelectElement);
const layer = byId("layer", HTMLSelectElement);
const fit = byId("fit", HTMLSelectElement);
const opacity = byId("opacity", HTMLInputElement);
const opacityText = byId("opacity-text", HTMLOutputElement);

export class Settings {
  #onChange: (what: Change) => void = () => {};
  #defaultLayer = "";
  /** What a permalink asks for before the network has said what there is. */
  #wished: Pick<State, "layer"> = {};

  constructor() {
    fillOptions(
      method,
      Object.entries(heatmaps).map(([value, { title }]) => [value, title] as const),
    );
    method.addEventListener("change", () => {
      this.#settleLayer();
      this.#onChange("question");
    });
    layer.addEventListener("change", () => this.#onChange("question"));
    fit.addEventListener("change", () => this.#onChange("fit"));
    listenForColours(() => {
      this.#setOpacity(this.usualOpacity);
      this.#onChange("colours");
    });
    opacity.addEventListener("input", () => {
      this.#setOpacity(Number(opacity.value));
      this.#onChange("colours");
    });
  }

  set onChange(listener: (what: Change) => void) {
    this.#onChange = listener;
  }

  /** What can be chosen is the network's to say. */
  offer({ info }: Candling): void {
    this.#defaultLayer = info.defaultLayer;
    const deepestFirst = info.layers.filter(({ height, width }) => height * width > 1).reverse();
    fillOptions(
      layer,
      deepestFirst.map(
        ({ name, height, width }) =>
          [name, `${name}, ${height}×${width}${name === info.defaultLayer ? " (the last)" : ""}`] as const,
      ),
    );
    choose(layer, this.#wished.layer, info.defaultLayer);
  }

  /** Sets what a permalink says; what it names and does not exist is left as it is. */
  restore(state: State): void {
    choose(method, state.method, method.value);
    this.#settleLayer();
    choose(fit, state.fit, fit.value);
    showColours(state.colormap ?? chosenColours());
    this.#setOpacity(Math.min(100, state.opacity ?? this.usualOpacity));
    this.#wished = state;
  }

  /** Lets a layer be chosen where the method takes one. */
  #settleLayer(): void {
    layer.disabled = !hasLayers(this.choice.method);
  }

  /** Strength of the colours, in per cent. */
  get opacity(): number {
    return Number(opacity.value);
  }

  /** Default opacity of the chosen colour map, in per cent. */
  get usualOpacity(): number {
    return 100 * usualOpacity(chosenColours());
  }

  get choice(): HeatmapChoice {
    const choice = heatmaps[method.value];
    if (choice === undefined) throw new Error(`no heatmap is called ${method.value}`);
    return choice;
  }

  /** What the heatmap is asked: its method, and the layer where that takes one. */
  get question(): Pick<ExplainOptions, "method" | "counterfactual" | "layer"> {
    const { method, counterfactual } = this.choice;
    return { method, counterfactual, ...(hasLayers(method) ? { layer: layer.value } : {}) };
  }

  get method(): string {
    return method.value;
  }

  get layer(): string {
    return layer.value;
  }

  /** The layer before the pooling. */
  get defaultLayer(): string {
    return this.#defaultLayer;
  }

  get fit(): Fit {
    return fit.value as Fit;
  }

  get colours(): Colours {
    return { colormap: chosenColours(), opacity: Number(opacity.value) / 100 };
  }

  #setOpacity(percent: number): void {
    opacity.value = String(percent);
    opacityText.textContent = `${percent} %`;
  }
}

function choose(select: HTMLSelectElement, wished: string | undefined, usual: string): void {
  const known = [...select.options].some(({ value }) => value === wished);
  select.value = known && wished !== undefined ? wished : usual;
}
