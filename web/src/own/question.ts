/** What is asked about a photo: a class, or how far it lies above another, by which method and at which layer. */
import type { Candling, Explanation, Run } from "../candling.js";
import { byId, fillOptions } from "../dom/page.js";
import type { Method } from "../protocol.js";
import { methodName } from "../words/methods.js";

/** Those of one channel first: their evidence can be measured in a region. */
const METHODS: readonly Method[] = [
  "grad-cam",
  "hires-cam",
  "layer-cam",
  "cam",
  "guided-grad-cam",
  "guided-backprop",
  "gradient",
  "input-x-gradient",
  "deconvnet",
];
/** Grad-CAM of what speaks against the class. */
const AGAINST = "against";
/** Those that can be asked at any layer. */
const LAYERED: readonly string[] = ["grad-cam", "hires-cam", "layer-cam", "guided-grad-cam", AGAINST];
/** As the value of an option. */
const NONE = "";

const asked = byId("asked", HTMLSelectElement);
const over = byId("over", HTMLSelectElement);
const method = byId("method", HTMLSelectElement);
const layer = byId("layer", HTMLSelectElement);
const choices = [asked, over, method, layer];

/** Calls `onChange` when the visitor asks something else. */
export function listenForQuestions(onChange: () => void): void {
  const names = METHODS.map((name) => [name, methodName({ method: name, counterfactual: false })] as const);
  fillOptions(method, [...names.slice(0, 1), [AGAINST, methodName({ method: "grad-cam", counterfactual: true })], ...names.slice(1)]);
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      layer.disabled = !LAYERED.includes(method.value);
      onChange();
    });
  }
  offer(undefined);
}

/** What there is to choose: the classes and layers of a network. What is chosen stays, where that has it too. */
export function offer(candling: Candling | undefined): void {
  for (const choice of choices) choice.disabled = candling === undefined;
  const labels = candling?.labels ?? [];
  const before = choices.map(({ value }) => value);
  const classes = labels.map((label, index) => [String(index), label] as const);
  fillOptions(asked, [[NONE, "its answer"], ...classes]);
  fillOptions(over, [[NONE, "none other"], ...classes]);
  const layers = [...(candling?.info.layers ?? [])].filter(({ height, width }) => height * width > 1).reverse();
  const last = candling?.info.defaultLayer;
  fillOptions(layer, layers.map(({ name, height, width }) => [name, `${name}, ${height}×${width}${name === last ? " (the last)" : ""}`] as const));
  for (const [at, choice] of choices.entries()) {
    const wished = before[at] ?? NONE;
    const isThere = [...choice.options].some(({ value }) => value === wished);
    if (isThere) choice.value = wished;
    else choice.selectedIndex = 0;
  }
  if (candling !== undefined && !layers.some(({ name }) => name === before[3])) layer.value = candling.info.defaultLayer;
  layer.disabled ||= !LAYERED.includes(method.value);
}

/** The answer of the network to what is asked. */
export function ask(run: Run, signal: AbortSignal): Promise<Explanation> {
  const best = run.predictions[0]?.index ?? 0;
  const chosen = asked.value === NONE ? best : Number(asked.value);
  const other = over.value === NONE || Number(over.value) === chosen ? undefined : Number(over.value);
  return run.explain({
    method: method.value === AGAINST ? "grad-cam" : (method.value as Method),
    counterfactual: method.value === AGAINST,
    target: other === undefined ? chosen : { class: chosen, over: other },
    ...(LAYERED.includes(method.value) ? { layer: layer.value } : {}),
    signal,
  });
}
