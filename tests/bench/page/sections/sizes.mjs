/** What a plain visit fetches of code, with brotli at its strongest, up to the end of the page. */
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { table } from "../../lib/table.mjs";
import { at } from "../../lib/tools.mjs";
import { firstOwnMap, idle, inFreshBrowser, scrollThrough } from "../visit.mjs";

export const name = "sizes";
export const title = "Size of the code";

const CODE = /\.(js|css|wasm)$/;

async function fetched(page) {
  const paths = new Set();
  page.context().on("request", (request) => paths.add(new URL(request.url()).pathname));
  await page.goto("/");
  await firstOwnMap(page);
  await idle(page);
  await scrollThrough(page);
  return [...paths];
}

export async function measure({ origin }) {
  const paths = await inFreshBrowser(origin, fetched);
  const size = (path) => {
    const bytes = readFileSync(at(`www${path}`));
    return { path, bytes: bytes.length, brotli: brotliCompressSync(bytes).length };
  };
  const files = paths.filter((path) => CODE.test(path)).map(size).sort((a, b) => b.brotli - a.brotli);
  const others = paths.filter((path) => /\.(jpg|png|svg|woff2)$/.test(path));
  const sum = (list, of) => list.reduce((total, file) => total + of(file), 0);
  return {
    files,
    total: sum(files, ({ brotli }) => brotli),
    others: { files: others.length, bytes: sum(others.map(size), ({ bytes }) => bytes) },
  };
}

const kilobytes = (bytes) => (bytes / 1e3).toFixed(1);

export function render({ files, total, others }) {
  const rows = files.map(({ path, bytes, brotli }) => [path, kilobytes(bytes), kilobytes(brotli)]);
  const sum = ["together", kilobytes(files.reduce((sum, { bytes }) => sum + bytes, 0)), kilobytes(total)];
  return `${table(["file", "kB", "kB with brotli"], [...rows, sum])}

Beside the weights and the page itself, ${others.files} pictures and fonts of ${kilobytes(others.bytes)} kB.`;
}
