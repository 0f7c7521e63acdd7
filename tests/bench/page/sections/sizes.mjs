/** Size of the code that a visit down to the end of the page fetches, with brotli at its strongest. */
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { table } from "../../lib/table.mjs";
import { at } from "../../lib/tools.mjs";
import { firstOwnMap, idle, inFreshBrowser, scrollThrough } from "../visit.mjs";

export const name = "sizes";
export const title = "Size of the code";

const CODE = /\.(js|css|wasm)$/;
const PICTURE = /\.(jpg|png|svg|woff2)$/;

/** Paths that the page requests, and those that only its service worker requests, to store them for later. */
async function fetched(page) {
  const [asked, kept] = [new Set(), new Set()];
  page
    .context()
    .on("request", (request) =>
      (request.serviceWorker() ? kept : asked).add(new URL(request.url()).pathname),
    );
  await page.goto("/");
  await firstOwnMap(page);
  await idle(page);
  await scrollThrough(page);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  return { asked: [...asked], kept: [...kept].filter((path) => !asked.has(path)) };
}

export async function measure({ origin }) {
  const { asked, kept } = await inFreshBrowser(origin, fetched);
  const size = (path) => {
    const bytes = readFileSync(at(`www${path}`));
    return { path, bytes: bytes.length, brotli: brotliCompressSync(bytes).length };
  };
  const files = [...asked, ...kept]
    .filter((path) => CODE.test(path))
    .map(size)
    .sort((a, b) => b.brotli - a.brotli);
  const pictures = (paths) => {
    const sizes = paths
      .filter((path) => PICTURE.test(path))
      .map((path) => readFileSync(at(`www${path}`)).length);
    return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
  };
  return {
    files,
    total: files.reduce((sum, { brotli }) => sum + brotli, 0),
    shown: pictures(asked),
    kept: pictures(kept),
  };
}

const kilobytes = (bytes) => (bytes / 1e3).toFixed(1);

export function render({ files, total, shown, kept }) {
  const rows = files.map(({ path, bytes, brotli }) => [path, kilobytes(bytes), kilobytes(brotli)]);
  const sum = ["together", kilobytes(files.reduce((sum, { bytes }) => sum + bytes, 0)), kilobytes(total)];
  return `${table(["file", "kB", "kB with brotli"], [...rows, sum])}

Beside the weights, and the page itself: ${shown.files} pictures and fonts of ${kilobytes(shown.bytes)} kB, and ${kept.files} more of ${kilobytes(
    kept.bytes,
  )} kB that the service worker fetches to keep.`;
}
