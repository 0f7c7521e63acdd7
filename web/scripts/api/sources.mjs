/** Contents of the page that are read from their sources: types, tables, errors and programs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ts } from "@custom-elements-manifest/analyzer";
import { build } from "esbuild";

const root = new URL("../../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

/** The parameters of `embed.html`. */
export async function parameters() {
  const entryPoints = [fileURLToPath(new URL("web/src/embed/parameters.ts", root))];
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  return (
    await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`)
  ).parameters;
}

/** The properties of an exported interface, or of an object literal, with their comments. */
export function members(path, name) {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  let found = [];
  const visit = (node) => {
    if (node.name?.text === name && ts.isInterfaceDeclaration(node)) found = node.members;
    if (node.name?.text === name && ts.isVariableDeclaration(node))
      found = node.initializer.expression.properties;
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (found.length === 0) throw new Error(`${path} has no ${name} with properties`);
  return found.map((member) => ({
    name: member.name.text,
    type: member.type?.getText(file),
    value: member.initializer?.text,
    optional: member.questionToken !== undefined,
    description: (member.jsDoc?.[0]?.comment ?? "").replace(/\s+/g, " "),
  }));
}

/**
 * The codes of the engine's errors, with the comments of their variants; a code of several variants has the
 * comment of the first.
 */
export function engineCodes() {
  const told = new Map();
  for (const crate of ["core", "imaging", "models"]) {
    const text = read(`crates/${crate}/src/error.rs`);
    const docs = new Map(
      [...text.matchAll(/((?: {4}\/\/\/ .+\n)+) {4}#\[error\([^]*?\)\]\n {4}(\w+)/g)].map(([, doc, name]) => [
        name,
        doc.replace(/\s*\/\/\/ /g, " ").trim(),
      ]),
    );
    for (const [, name, code] of text.matchAll(/Self::(\w+)\b[^=\n]*=> "([a-z-]+)"/g))
      if (!told.has(code)) told.set(code, docs.get(name) ?? "");
  }
  return told;
}

/** The first rows of the table of sizes in the package's README: the sums. */
export function sizes() {
  const [, table] = read("web/README.md").split(/<!-- sizes: .*? -->|<!-- end of sizes -->/);
  const rows = table
    .trim()
    .split("\n")
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("*", "").trim()),
    );
  return { head: rows[0], rows: rows.slice(2).filter(([name]) => !name.startsWith("`")) };
}

/** A file of the fixtures: the page shows what the package's tests build and open. */
export const fixture = (path) => read(`tests/package/fixtures/${path}`);
