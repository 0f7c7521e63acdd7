/** Markdown leads where it says, and pictures are there to be seen. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "web/README.md"].concat(
  readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);
const read = (path) => readFileSync(join(root, path), "utf8");

/** The anchor that a host makes of a heading. */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");

/** Links within the repository, code aside: `[path, anchor]`, the path from the root on. */
function linksOf(page) {
  const text = read(page)
    .replace(/^\s*```[^]*?^\s*```/gm, "")
    .replace(/`[^`]*`/g, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path, heading] = target.split("#");
      return [path === "" ? page : normalize(join(dirname(page), path)), heading];
    });
}

test("links between the papers lead somewhere", () => {
  for (const page of pages) {
    for (const [path, heading] of linksOf(page)) {
      assert.ok(existsSync(join(root, path)), `${page} links to ${path}`);
      if (heading === undefined) continue;
      const anchors = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchor(title));
      assert.ok(anchors.includes(heading), `${page} links to ${path}#${heading}`);
    }
  }
});

test("every picture in docs is shown by a page", () => {
  const shown = new Set(pages.flatMap(linksOf).map(([path]) => path));
  const pictures = readdirSync(join(root, "docs"), { recursive: true }).filter((name) =>
    /\.(jpe?g|png|webp)$/.test(name),
  );
  assert.ok(pictures.length > 2);
  assert.deepEqual(
    pictures.filter((name) => !shown.has(`docs/${name}`)),
    [],
  );
});
