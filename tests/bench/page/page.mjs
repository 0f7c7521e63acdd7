/**
 * Measures the page as a visitor meets it, and writes `results.json` and the tables of the README: `npx -y
 * rust-just page`.
 *
 *   node page.mjs [--only SECTION[,SECTION]] [--dry]
 *
 * Sections that are not measured keep the results they had; `--dry` writes nothing.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { launch } from "../lib/chromium.mjs";
import { load, machine } from "../lib/machine.mjs";
import { machineText } from "../lib/report.mjs";
import { at } from "../lib/tools.mjs";
import * as firstUse from "./sections/first-use.mjs";
import * as lighthouse from "./sections/lighthouse.mjs";
import * as mainThread from "./sections/main-thread.mjs";
import * as shifts from "./sections/shifts.mjs";
import * as sizes from "./sections/sizes.mjs";
import { serveCompressed } from "./server.mjs";
import { judge, targetTable } from "./targets.mjs";

const sections = [firstUse, mainThread, shifts, sizes, lighthouse];
const RESULTS = at("tests/bench/page/results.json");
const README = at("tests/bench/page/README.md");
const [BEGIN, END] = ["<!-- results: written by page.mjs -->", "<!-- end of results -->"];

function readOptions() {
  const { values } = parseArgs({
    options: { only: { type: "string" }, dry: { type: "boolean", default: false } },
  });
  const known = sections.map(({ name }) => name);
  const only = values.only?.split(",") ?? known;
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`--only: no section ${unknown.join(", ")}; there are ${known.join(", ")}`);
  return { only, dry: values.dry };
}

async function chromiumVersion() {
  const browser = await launch();
  const version = browser.version();
  await browser.close();
  return version;
}

/** The section's results with the circumstances they came about in. */
async function measured(section, origin) {
  console.log(`\nmeasuring: ${section.title}`);
  const before = load();
  const data = await section.measure({ origin });
  return { date: new Date().toISOString().slice(0, 10), load: { before, after: load() }, data };
}

const sectionText = ({ title, render }, { date, load, data }) =>
  `### ${title}\n\n${render(data)}\n\n*${date}; load ${load.before} before, ${load.after} after.*`;

function writeReadme(text) {
  const readme = readFileSync(README, "utf8");
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${README} has no "${BEGIN}" before an "${END}"`);
  writeFileSync(README, `${readme.slice(0, from + BEGIN.length)}\n\n${text}\n\n${readme.slice(to)}`);
}

let options;
try {
  options = readOptions();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exit(2);
}
const earlier = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")).sections : {};
const results = { machine: machine(await chromiumVersion()), sections: {} };
const failures = [];
const server = await serveCompressed();
try {
  await server.ready();
  for (const section of sections) {
    results.sections[section.name] = earlier[section.name];
    if (!options.only.includes(section.name)) continue;
    try {
      const result = await measured(section, server.origin);
      results.sections[section.name] = result;
      console.log(`\n${sectionText(section, result)}`);
    } catch (error) {
      // the others are worth having; the exit status tells
      failures.push(section.name);
      console.error(`\nerror: ${section.name}: ${error.stack ?? error}`);
    }
  }
} finally {
  server.close();
}
results.targets = judge(results.sections);

const known = sections.filter(({ name }) => results.sections[name] !== undefined);
const summary = `### Targets\n\n${machineText(results.machine)}\n\n${targetTable(results.targets)}`;
console.log(`\n${summary}`);
if (!options.dry) {
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
  writeReadme(
    [summary, ...known.map((section) => sectionText(section, results.sections[section.name]))].join("\n\n"),
  );
  console.log("\nwritten: tests/bench/page/results.json, tests/bench/page/README.md");
}
if (failures.length > 0) {
  console.error(`\nnot measured: ${failures.join(", ")}`);
  process.exitCode = 1;
}
