/** The question about a photo: a class, or its margin over another, a method, and a layer. */
import type { Candling, Explanation, Run } from "../candling.js";
import { byId, fillOptions, make } from "../dom/page.js";
import { LAYERED, type Method, METHODS as ALL, PIXELS } from "../catalogue.js";
import { howToRead, methodName } from "../words/methods.js";
import { itemAt } from "../platform/known.js";

/** The methods, those with one channel first: their evidence can be measured in a region. */
const METHODS = [false, true].flatMap((pixels) => ALL.filter((name) => PIXELS.includes(name) === pixels));
/** Grad-CAM of the evidence against the class. */
const AGAINST = "against";
/** Choices that take a layer. */
const layered: readonly string[] = [...LAYERED, AGAINST];
/** The value of the option for "none". */
const NONE = "";

const asked = byId("asked", HTMLSelectElement);
const over = byId("over", HTMLSelectElement);
const method = byId("method", HTMLSelectElement);
const layer = byId("layer", HTMLSelectElement);
const choices = [asked, over, method, layer];
/** The layer that was chosen last; a method without a layer shows none. */
let layerChosen = NONE;

/** Calls `onChange` when the visitor changes the question. */
export function listenForQuestions(onChange: () => void): void {
  const names = METHODS.map((name) => [name, methodName({ method: name, counterfactual: false })] as const);
  fillOptions(method, [
    ...names.slice(0, 1),
    [AGAINST, methodName({ method: "grad-cam", counterfactual: true })],
    ...names.slice(1),
  ]);
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      if (choice === layer) layerChosen = layer.value;
      settleLayer();
      onChange();
    });
  }
  offer(undefined);
}

/** Enables the choice of a layer if the method takes one. */
function settleLayer(): void {
  layer.disabled = !layered.includes(method.value);
  layer.value = layer.disabled ? NONE : layerChosen;
}

/**
 * Fills the choices with the classes and layers of a network. Current choices stay if the network has them
 * too.
 */
export function offer(candling: Candling | undefined): void {
  for (const choice of choices) choice.disabled = candling === undefined;
  const labels = candling?.labels ?? [];
  const before = [asked.value, over.value];
  const classes = labels.map((label, index) => [String(index), label] as const);
  fillOptions(asked, [[NONE, "its answer"], ...classes]);
  fillOptions(over, [[NONE, "none other"], ...classes]);
  const layers = [...(candling?.info.layers ?? [])]
    .filter(({ height, width }) => height * width > 1)
    .reverse();
  const last = candling?.info.defaultLayer;
  const table = candling?.info.evidenceLayer;
  const merging = (candling?.info.blocks ?? []).filter(({ merges }) => merges);
  const ends = new Set(merging.map(({ layers }) => layers.at(-1)));
  const isEnd = (name: string) => name !== last && ends.has(name);
  const groups = [
    ["The last (coarse, knows things)", layers.filter(({ name }) => name === last)],
    ["Ends of blocks", layers.filter(({ name }) => isEnd(name))],
    ["All other layers", layers.filter(({ name }) => name !== last && !isEnd(name))],
  ] as const;
  layer.replaceChildren(
    ...groups
      .filter(([, of]) => of.length > 0)
      .map(([label, of]) =>
        make(
          "optgroup",
          { label },
          ...of.map(
            ({ name, height, width }) =>
              new Option(`${name}, ${height}×${width}${name === table ? " (the table’s)" : ""}`, name),
          ),
        ),
      ),
  );
  for (const [at, choice] of [asked, over].entries()) {
    const wished = before[at] ?? NONE;
    const isThere = [...choice.options].some(({ value }) => value === wished);
    if (isThere) choice.value = wished;
    else choice.selectedIndex = 0;
  }
  if (candling === undefined) return;
  if (!layers.some(({ name }) => name === layerChosen)) layerChosen = candling.info.evidenceLayer;
  settleLayer();
}

/** Computes the explanation for the current question. */
export function ask(run: Run, signal: AbortSignal): Promise<Explanation> {
  const best = itemAt(run.predictions, 0).index;
  const chosen = asked.value === NONE ? best : Number(asked.value);
  const other = over.value === NONE || Number(over.value) === chosen ? undefined : Number(over.value);
  return run.explain({
    method: method.value === AGAINST ? "grad-cam" : (method.value as Method),
    counterfactual: method.value === AGAINST,
    target: other === undefined ? chosen : { class: chosen, over: other },
    ...(layered.includes(method.value) ? { layer: layer.value } : {}),
    signal,
  });
}

/** The target in words: "bird", "bird rather than mammal". */
export function subject({ target }: Pick<Explanation, "target">, labels: readonly string[]): string {
  const over = target.over === undefined ? "" : ` rather than ${labels[target.over] ?? ""}`;
  return `${labels[target.class] ?? ""}${over}`;
}

/**
 * The quantity of which a share is measured: "Grad-CAM’s evidence for bird". A map of three channels has no
 * evidence, only strength.
 */
export function substance(map: Explanation, labels: readonly string[]): string {
  const name = methodName({ method: map.method, counterfactual: false });
  if (map.channels !== 1) return `the strength of ${name} for ${subject(map, labels)}`;
  return `${name}’s evidence ${map.counterfactual ? "against" : "for"} ${subject(map, labels)}`;
}

/** Shows under the choices how such a map is read. */
export function explain(map: Explanation): void {
  byId("method-hint", HTMLElement).textContent = howToRead(map);
}
