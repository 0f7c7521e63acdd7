/** The width of Markdown, which is that of code: prose is read beside it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const COLUMNS = 110;

/** Names or paths of files that are built, copied, installed or taken unchanged. */
const passedOver = new Set([
  "node_modules",
  "target",
  "fixtures",
  ".git",
  "www/lib",
  "web/dist",
  "web/CHANGELOG.md",
]);

/** Files written by programs, with lines as long as their numbers. */
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

/**
 * Whether a line is too long and has a space at which it could be broken, unlike an address or a code span.
 * `mark` is what it begins with.
 */
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

/** How a line begins that is a comment and nothing else, by the file's ending. */
const comments = {
  rs: /^\s*(\/\/[/!]?|\/\*)/,
  wgsl: /^\s*(\/\/|\/\*)/,
  ts: /^\s*(\/\/|\/?\*)/,
  mjs: /^\s*(\/\/|\/?\*)/,
  css: /^\s*\/?\*/,
  html: /^\s*<!--/,
  py: /^\s*#/,
  sh: /^\s*#/,
  toml: /^\s*#/,
};

/** The comments of a file that are prose: no table, and no code between fences. */
function* commentsOf(path, mark) {
  let isCode = false;
  for (const [at, line] of linesOf(path).entries()) {
    const text = mark.test(line) ? line.replace(mark, "").trim() : undefined;
    if (text === undefined) isCode = false;
    else if (text.startsWith("```")) isCode = !isCode;
    else if (!isCode && !text.startsWith("|")) yield [`${path}:${at + 1}`, line];
  }
}

test(`comments are wrapped at ${COLUMNS} columns`, () => {
  const tooLong = files.flatMap((path) => {
    const mark = comments[path.slice(path.lastIndexOf(".") + 1)];
    if (mark === undefined) return [];
    return [...commentsOf(path, mark)].filter(([, line]) => isTooLong(line, mark)).map(([place]) => place);
  });
  assert.deepEqual(tooLong, []);
});
