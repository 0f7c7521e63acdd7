/**
 * The documentation of the element covers all of the element and nothing else; it is compared with the
 * sources.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const { modules } = JSON.parse(read("www/lib/custom-elements.json"));
const element = modules
  .flatMap(({ declarations }) => declarations)
  .find(({ tagName }) => tagName === "candling-view");
const [source, attributes, view, style] = ["element", "attributes", "view", "style"].map((name) =>
  read(`web/src/element/${name}.ts`),
);

const catalogue = read("web/src/catalogue.ts");

const names = (list) => list.map(({ name }) => name);
/** All distinct matches of a pattern's first group, sorted. */
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, found]) => found))].sort();
/** The strings of an array in `attributes.ts`, or the methods of the catalogue. */
const list = (name) =>
  all(new RegExp(`const ${name}\\b[^=]*= \\[([^\\]]*)\\]`).exec(attributes + catalogue)[1], /"([^"]+)"/g);
const typeOf = (name) =>
  all(element.attributes.find((attribute) => attribute.name === name).type.text, /"([^"]+)"/g);

test("attributes are those that are observed, each with its property, and with the values that are allowed", () => {
  assert.deepEqual(names(element.attributes).sort(), list("names"));
  for (const [attribute, values] of [
    ["method", "METHODS"],
    ["loading", "loadings"],
    ["reveal", "reveals"],
    ["backend", "backends"],
  ]) {
    assert.deepEqual(typeOf(attribute), list(values), attribute);
  }
  const reflected = element.members.filter(({ reflects }) => reflects);
  assert.deepEqual(names(reflected).sort(), list("names"));
});

test("events are those that are sent, with their types", () => {
  assert.deepEqual(names(element.events).sort(), all(source, /#dispatch\(\s*"([a-z]+)"/g));
  for (const { name, type, description } of element.events)
    assert.ok(type.text.startsWith("CustomEvent<") && description, name);
});

test("parts, slots, custom properties and states are those that there are", () => {
  const parts = all(
    view,
    /(?:piece\(\s*"\w+",\s+|setAttribute\(\s*"part",\s+)(?:\w+ \? )?"([a-z ]+)"/g,
  ).flatMap((part) => part.split(" "));
  assert.deepEqual(names(element.cssParts).sort(), [...new Set(parts)].sort());
  assert.deepEqual(names(element.slots).sort(), ["", ...all(view, /slot\("([a-z]+)"/g)]);
  assert.deepEqual(names(element.cssProperties).sort(), all(style, /var\((--candling-[a-z-]+)/g));
  for (const { name, default: value } of element.cssProperties)
    assert.ok(style.includes(`var(${name}, ${value})`), `${name}: ${value}`);
  assert.deepEqual(
    names(element.cssStates).sort(),
    all(/CandlingViewState = ([^;]+);/.exec(read("web/src/element/events.ts"))[1], /"([a-z]+)"/g),
  );
});

test("public methods and properties are all there, described, and what is private is not", () => {
  const body = source.slice(
    source.indexOf("export class CandlingViewElement"),
    source.indexOf("export interface CandlingViewElement"),
  );
  const shown = body.replace(/\/\*\* @internal \*\/\n.*/g, "");
  const methods = all(shown, /^ {2}(?:async )?([a-z]\w*)\(.*\{$/gm).filter((name) => name !== "constructor");
  assert.deepEqual(names(element.members.filter(({ kind }) => kind === "method")).sort(), methods);
  const properties = all(shown, /^ {2}(?:get|static(?: readonly)?) ([a-z]\w*)/gm);
  assert.deepEqual(
    [...new Set(names(element.members.filter(({ kind }) => kind === "field")))].sort(),
    properties,
  );
  for (const { name, description } of element.members) assert.ok(description, name);
});

test("modules are those of a release", () => {
  assert.deepEqual(
    modules.map(({ path }) => path),
    ["candling-view-element.js", "candling-view.js"],
  );
  const definition = modules[1].exports.find(({ kind }) => kind === "custom-element-definition");
  assert.deepEqual(definition, {
    kind: "custom-element-definition",
    name: "candling-view",
    declaration: { name: "CandlingViewElement", module: modules[0].path },
  });
});

test("every frame that is documented fits a phone, as the one that the lab gives", () => {
  const [style] = /style="[^"]+"/.exec(read("web/src/lab/embed-code.ts"));
  for (const path of ["docs/element.md", "web/README.md", "web/scripts/api/programs.mjs"]) {
    const frames = read(path).match(/<iframe\s[^>]*>/g);
    assert.ok(frames.length > 0 && frames.every((frame) => frame.includes(style)), path);
  }
});
