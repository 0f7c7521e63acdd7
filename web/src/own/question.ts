/** What is asked about a photo: a class, or how far it lies above another, by which method and at which layer. */
import type { Candling, Explanation, Run } from "../candling.js";
import { byId, fillOptions, make } from "../dom/page.js";
import { LAYERED, type Method, METHODS as ALL, PIXELS } from "../catalogue.js";
import { howToRead, methodName } from "../words/methods.js";

/** Those of one channel first: their evidence can be measured in a region. */
const METHODS = [false, true].flatMap((pixels) => ALL.filter((name) => PIXELS.includes(name) === pixels));
/** Grad-CAM of what speaks against the class. */
const AGAINST = "against";
/** What can be chosen that is asked at any layer. */
const layered: readonly string[] = [...LAYERED, AGAINST];
/** As the value of an option. */
const NONE = "";

const asked = byId("asked", HTMLSelectElement);
const over = byId("over", HTMLSelectElement);
const method = byId("method", HTMLSelectElement);
const layer = byId("layer", HTMLSelectElement);
const choices = [asked, over, method, layer];
/** The layer that was chosen last: a method that takes none shows none. */
let layerChosen = NONE;

/** Calls `onChange` when the visitor asks something else. */
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

/** Lets a layer be chosen where the method takes one. */
function settleLayer(): void {
  layer.disabled = !layered.includes(method.value);
  layer.value = layer.disabled ? NONE : layerChosen;
}

/** What there is to choose: the classes and layers of a network. What is chosen stays, where that has it too. */
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
  const isEnd = (name: string) => name !== last && (name.endsWith(".add") || name === "head");
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

/** The answer of the network to what is asked. */
export function ask(run: Run, signal: AbortSignal): Promise<Explanation> {
  const best = run.predictions[0]?.index ?? 0;
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

/** What was asked about, in words: "bird", "bird rather than mammal". */
export function subject({ target }: Pick<Explanation, "target">, labels: readonly string[]): string {
  const over = target.over === undefined ? "" : ` rather than ${labels[target.over] ?? ""}`;
  return `${labels[target.class] ?? ""}${over}`;
}

/** What the share of a map is a share of: "Grad-CAM’s evidence for bird". A map of three channels has no evidence, only strength. */
export function substance(map: Explanation, labels: readonly string[]): string {
  const name = methodName({ method: map.method, counterfactual: false });
  if (map.channels !== 1) return `the strength of ${name} for ${subject(map, labels)}`;
  return `${name}’s evidence ${map.counterfactual ? "against" : "for"} ${subject(map, labels)}`;
}

/** Says under the choices how such a map is read. */
export function explain(map: Explanation): void {
  byId("method-hint", HTMLElement).textContent = howToRead(map);
}
