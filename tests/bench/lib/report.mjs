/** The tables, on the console and between markers in the README of this folder. */
import { readFileSync, writeFileSync } from "node:fs";
import { table } from "./table.mjs";
import { at } from "./tools.mjs";

const README = at("tests/bench/README.md");

const number = (value) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1)).replace(/\.0+$/, "");
const quantity = (value, unit) => (unit === "×" ? `${number(value)}×` : `${number(value)} ${unit}`);

export function targetTable(targets) {
  const cells = targets.map(({ name, measured, bound, least, unit, reached }) => [
    name,
    quantity(measured, unit),
    `${least ? "≥" : "≤"} ${quantity(bound, unit)}`,
    reached ? "yes" : "**no**",
  ]);
  return table(["target", "measured", "bound", "reached"], cells);
}

/** One section as it is printed and as it stands in the README. */
export function sectionText({ title, render }, { date, load, runs, data }) {
  const when = `${date}, ${runs} runs; load ${load.before} before, ${load.after} after.`;
  return `### ${title}\n\n${render(data)}\n\n*${when}*`;
}

export const machineText = ({ processor, cores, memoryGiB, platform, chromium, node }) =>
  `${processor}, ${cores} cores, ${memoryGiB} GiB, ${platform}; Chromium ${chromium}, Node ${node}.`;

/** Puts `text` between the README's markers. */
export function writeReadme(text) {
  const begin = "<!-- results: written by bench.mjs -->";
  const end = "<!-- end of results -->";
  const readme = readFileSync(README, "utf8");
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${README} has no "${begin}" before an "${end}"`);
  writeFileSync(README, `${readme.slice(0, from + begin.length)}\n\n${text}\n\n${readme.slice(to)}`);
}
