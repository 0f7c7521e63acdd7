/**
 * Writes `www/lib/custom-elements.json`, by which editors, catalogues and our own API page know the element.
 *
 * Its sources are the comments and types of `src/element/element.ts`, read by the Custom Elements Manifest
 * analyzer. What that cannot know is added here: which module of a release has the class, the details of
 * events (`src/element/events.ts`), and which property belongs to which attribute.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { create, ts } from "@custom-elements-manifest/analyzer";

const source = new URL("../src/", import.meta.url);

/** Modules of a release: the one that has the class, and the one that defines the element. */
const MODULE = { class: "candling-view-element.js", defined: "candling-view.js" };
const TAG = "candling-view";

/** Writes the manifest and returns it. */
export function buildManifest(
  file = fileURLToPath(new URL("../../www/lib/custom-elements.json", import.meta.url)),
) {
  const text = JSON.stringify(manifestOfSources(), unbroken, 2);
  writeFileSync(file, `${text}\n`);
  return JSON.parse(text);
}

function manifestOfSources() {
  const { modules } = create({ modules: ["element/element.ts", "candling-view-element.ts"].map(parse) });
  const find = (name) =>
    modules.flatMap(({ declarations }) => declarations).find((declaration) => declaration.name === name);
  const element = elementOf(find("CandlingViewElement"));
  const define = find("define");
  const [itself, defined] = [MODULE.class, MODULE.defined];
  const named = ({ name }) => ({ kind: "js", name, declaration: { name, module: itself } });
  return {
    schemaVersion: "2.1.0",
    modules: [
      {
        kind: "javascript-module",
        path: itself,
        declarations: [element, define],
        exports: [element, define].map(named),
      },
      {
        kind: "javascript-module",
        path: defined,
        declarations: [],
        exports: [
          ...[element, define].map(named),
          {
            kind: "custom-element-definition",
            name: TAG,
            declaration: { name: element.name, module: itself },
          },
        ],
      },
    ],
  };
}

/**
 * Removes private members, and adds what the analyzer does not see. Everything stays in the order of the
 * comments.
 */
function elementOf({ attributes, members, events, ...element }) {
  const details = eventTypes();
  const open = members.filter(({ name, privacy }) => !name.startsWith("#") && privacy !== "private");
  const isAttribute = ({ name, static: ofClass }) =>
    !ofClass && attributes.some((attribute) => attribute.name === name);
  const usual = (name) => attributes.find((attribute) => attribute.name === name)?.default;
  return {
    ...element,
    superclass: { name: "HTMLElement", package: "global:" },
    // the analyzer knows only the type "CustomEvent", and takes the one place that dispatches events for an
    // event named "type"
    events: events.flatMap((event) =>
      details.has(event.name) ? { ...event, type: { text: details.get(event.name) } } : [],
    ),
    attributes: attributes.map(({ type, ...attribute }) => ({
      ...attribute,
      type: type.text === "Method" ? { text: methodNames() } : type,
      fieldName: attribute.name,
    })),
    members: open.map((member) => {
      const fallback = usual(member.name);
      if (!isAttribute(member)) return member;
      return {
        ...member,
        ...(fallback === undefined ? {} : { default: JSON.stringify(fallback) }),
        attribute: member.name,
        reflects: true,
      };
    }),
  };
}

/** The names of the methods, as a type. */
function methodNames() {
  const text = readFileSync(new URL("catalogue.ts", source), "utf8");
  return /METHODS = \[([^\]]*)\]/
    .exec(text)[1]
    .match(/"[^"]+"/g)
    .join(" | ");
}

/** Joins the lines of a comment, which end where they are full: only paragraphs and code stay. */
function unbroken(key, value) {
  if (key === "text") return value.replace(/\s*\|\s*/g, " | ");
  if (key !== "description") return value;
  return value
    .split(/(^```[^]*?^```$)/m)
    .map((piece) => (piece.startsWith("```") ? piece : piece.replace(/(?<!\n)\n(?!\n)/g, " ")))
    .join("");
}

/** The types of `CandlingViewEventMap` by event, on one line each. */
function eventTypes() {
  const file = parse("element/events.ts");
  const map = file.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === "CandlingViewEventMap",
  );
  return new Map(map.members.map(({ name, type }) => [name.text, type.getText(file).replace(/\s+/g, " ")]));
}

function parse(path) {
  return ts.createSourceFile(path, readFileSync(new URL(path, source), "utf8"), ts.ScriptTarget.ES2022, true);
}
