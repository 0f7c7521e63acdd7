/** Settings for all views: the heatmap's method and layer, the fit, and the colours. */
import type { Candling, ExplainOptions, Fit } from "../candling.js";
import { byId, fillOptions } from "../dom/page.js";
import { chosenColours, listenForColours, showColours } from "../site/colours.js";
import { usualOpacity } from "../words/colours.js";
import type { State } from "./permalink.js";
import { hasLayers, type HeatmapChoice, heatmaps } from "./words.js";

/** Effect of a change: the photo has to run again, be explained again, or only be painted again. */
export type Change = "fit" | "question" | "colours";

export interface Colours {
  readonly colormap: string;
  /** Strength of the colours, 0 to 1. */
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
  /** The layer in a permalink, until the network's layers are known. */
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

  /** Offers what this network has. */
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

  /** Applies a permalink; names that do not exist are ignored. */
  restore(state: State): void {
    choose(method, state.method, method.value);
    this.#settleLayer();
    choose(fit, state.fit, fit.value);
    showColours(state.colormap ?? chosenColours());
    this.#setOpacity(Math.min(100, state.opacity ?? this.usualOpacity));
    this.#wished = state;
  }

  /** Enables the choice of a layer if the method takes one. */
  #settleLayer(): void {
    layer.disabled = !hasLayers(this.choice.method);
  }

  /** Strength of the colours, in per cent. */
  get opacity(): number {
    return Number(opacity.value);
  }

  /** Default strength of the chosen colours, in per cent. */
  get usualOpacity(): number {
    return 100 * usualOpacity(chosenColours());
  }

  get choice(): HeatmapChoice {
    const choice = heatmaps[method.value];
    if (choice === undefined) throw new Error(`no heatmap is called ${method.value}`);
    return choice;
  }

  /** The heatmap's method, and the layer if it takes one. */
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

  /** The model's default layer. */
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
