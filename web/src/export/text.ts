/** The texts of a page or figure. */
import { type Explanation, version } from "../candling.js";
import { howToRead, methodName } from "../words/methods.js";
import { description } from "../words/maps.js";
import { number, percent } from "../words/numbers.js";
import type { ExportContents } from "./options.js";
import { itemAt } from "../platform/known.js";

/** The label of a map's class, and of the one that it is compared with. */
export function labelOf({ candling: { labels } }: ExportContents, { target }: Explanation): string {
  const name = (index: number) => labels[index] ?? `class ${index}`;
  return target.over === undefined
    ? name(target.class)
    : `${name(target.class)} rather than ${name(target.over)}`;
}

/** A probability as text, `13 %`, with a non-breaking space. */
export function shareOf({ run }: ExportContents, index: number): string {
  return percent(run.predictions.find((each) => each.index === index)?.probability ?? 0);
}

/** Alternative text of a map. */
export function altOf(subject: ExportContents, map: Explanation): string {
  return description(methodName(map), labelOf(subject, map), map);
}

/** The network's answer on the first map's class. */
export function answerOf(subject: ExportContents): string {
  const { candling, run, first } = subject;
  const index = first.target.class;
  const logit = run.predictions.find((each) => each.index === index)?.logit ?? 0;
  const { name, licence } = candling.info;
  return `${name} (${licence}) gives ${itemAt(candling.labels, index)} (class ${index}) ${shareOf(subject, index)}, logit ${number(logit)}.`;
}

/** The sentences on how to read the maps, one for each kind. */
export function readingsOf({ maps }: ExportContents): readonly string[] {
  return [...new Set(maps.map((map) => `${methodName(map)}: ${lowerFirst(howToRead(map))}`))];
}

/** The sentence under a colour scale. */
export function scaleOf({ colormap, scale }: ExportContents): string {
  const range =
    scale === undefined
      ? "Each heatmap from 0 to its own maximum"
      : `All heatmaps from 0 to ${number(scale)}`;
  return `${range}, in the colours “${colormap}”.`;
}

export function makerOf({ credit }: ExportContents): string {
  return `${credit === "" ? "" : `Photo: ${credit.replace(/\.$/, "")}. `}Made with Candling ${version}, in the browser.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
