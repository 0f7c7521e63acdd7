/** Prose is read beside code: Markdown is as wide as rustfmt and Biome let code be. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const COLUMNS = 110;

/** What is built, copied, installed or given as it is: names or paths. */
const passedOver = new Set([
  "node_modules",
  "target",
  "fixtures",
  ".git",
  "www/lib",
  "web/dist",
  "web/CHANGELOG.md",
]);

/** Written whole by programs, with lines as long as their numbers are. */
const generated = new Set(["tests/bench/card.md"]);

/** Paths of all files below a folder, from the root on. */
function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (passedOver.has(entry.name) || passedOver.has(path)) return [];
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

const files = filesIn("");
const linesOf = (path) => readFileSync(join(root, path), "utf8").split("\n");

/** Whether a line is too long and has a space at which it could be broken: an address or a span of code has
 *  none. `mark`: what it begins with. */
function isTooLong(line, mark) {
  const characters = [...line];
  if (characters.length <= COLUMNS) return false;
  const text = characters.slice(0, COLUMNS + 1).join("");
  return /\s/.test(
    text
      .replace(mark, "")
      .trim()
      .replace(/`[^`]*(`|$)/g, "code"),
  );
}

/** The lines of Markdown that are prose: no code, no table, nothing between the marks of a program that
 *  writes it. */
function* proseOf(path) {
  let fence;
  let isWritten = false;
  for (const [at, line] of linesOf(path).entries()) {
    const [, mark] = /^\s*(```+|~~~+)/.exec(line) ?? [];
    if (fence === undefined ? mark !== undefined : mark?.startsWith(fence)) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (/^<!-- [\w ]+: written by /.test(line)) isWritten = true;
    if (/^<!-- end of /.test(line)) isWritten = false;
    if (fence === undefined && !isWritten && !/^\s*\|/.test(line)) yield [`${path}:${at + 1}`, line];
  }
}

test(`Markdown is wrapped at ${COLUMNS} columns`, () => {
  const papers = files.filter((path) => path.endsWith(".md") && !generated.has(path));
  assert.ok(papers.includes("README.md") && papers.includes("docs/methods.md"));
  const tooLong = papers
    .flatMap((path) => [...proseOf(path)])
    .filter(([, line]) => isTooLong(line, /^\s*([-*+]|\d+\.|>)\s/));
  assert.deepEqual(
    tooLong.map(([place]) => place),
    [],
  );
});
