/**
 * Measures, section by section, and writes `results.json` and the tables of the README. `run.sh` sets up what
 * this needs.
 *
 *   node bench.mjs [--only SECTION[,SECTION]] [--runs N] [--lib FOLDER] [--native PROGRAM] [--dry]
 *
 * Sections that are not measured keep the results they had. `--lib` and `--native` name other builds of
 * Candling: the folder with one folder for each wasm build, and the program `timings`. `--dry` writes
 * nothing.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildPages } from "./lib/build.mjs";
import { launch } from "./lib/chromium.mjs";
import { load, machine } from "./lib/machine.mjs";
import { machineText, sectionText, targetTable, writeReadme } from "./lib/report.mjs";
import { judge } from "./lib/targets.mjs";
import { at } from "./lib/tools.mjs";
import * as browser from "./sections/browser.mjs";
import * as cost from "./sections/cost.mjs";
import * as download from "./sections/download.mjs";
import * as firstUse from "./sections/first-use.mjs";
import * as layers from "./sections/layers.mjs";
import * as memory from "./sections/memory.mjs";
import * as native from "./sections/native.mjs";
import * as occlusion from "./sections/occlusion.mjs";
import * as stream from "./sections/stream.mjs";

const sections = [browser, native, layers, cost, occlusion, stream, firstUse, memory, download];
/** Number of runs for the README's figures. */
const RUNS = 36;
const RESULTS = at("tests/bench/results.json");

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      runs: { type: "string", default: String(RUNS) },
      lib: { type: "string", default: at("www/lib") },
      native: { type: "string", default: at("target/release/examples/timings") },
      dry: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs is a whole number from 1; given ${values.runs}`);
  const known = sections.map(({ name }) => name);
  const only = values.only?.split(",") ?? known;
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`--only: no section ${unknown.join(", ")}; there are ${known.join(", ")}`);
  return { ...values, runs, only };
}

async function chromiumVersion() {
  const browser = await launch();
  const version = browser.version();
  await browser.close();
  return version;
}

/** Measures a section, and adds the circumstances to its results. */
async function measured(section, options) {
  console.log(`\nmeasuring: ${section.title}`);
  const before = load();
  const data = await section.measure(options);
  const date = new Date().toISOString().slice(0, 10);
  return { date, runs: options.runs, load: { before, after: load() }, data };
}

let options;
try {
  options = readOptions();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exit(2);
}
await buildPages();
const earlier = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")).sections : {};
const results = { machine: machine(await chromiumVersion()), sections: {} };
const failures = [];
for (const section of sections) {
  if (!options.only.includes(section.name)) {
    results.sections[section.name] = earlier[section.name];
    continue;
  }
  try {
    const result = await measured(section, options);
    results.sections[section.name] = result;
    console.log(`\n${sectionText(section, result)}`);
  } catch (error) {
    // the others are worth having; the exit status tells
    failures.push(section.name);
    results.sections[section.name] = earlier[section.name];
    console.error(`\nerror: ${section.name}: ${error.stack ?? error}`);
  }
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
  console.log(
    "\nwritten: tests/bench/results.json, tests/bench/README.md; the table of targets is what the top README quotes",
  );
}
if (failures.length > 0) {
  console.error(`\nnot measured: ${failures.join(", ")}`);
  process.exitCode = 1;
}
