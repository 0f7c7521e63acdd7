/**
 * Download size of the engine: the client, its worker, and one build, each file with brotli at its strongest.
 */
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { BUILDS, requireBuilds } from "../lib/engines.mjs";
import { table } from "../lib/table.mjs";

export const name = "download";
export const title = "Download";

const SHARED = ["candling.js", "candling-worker.js"];

function compressed(path) {
  const content = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return brotliCompressSync(content, { params }).length;
}

const together = (paths) => paths.reduce((sum, path) => sum + compressed(path), 0);

export async function measure({ lib }) {
  requireBuilds(lib);
  const shared = together(SHARED.map((file) => `${lib}/${file}`));
  const builds = BUILDS.map((build) => {
    // a build may have more than one module: the threads' workers start from one of their own
    const files = readdirSync(`${lib}/${build}`, { recursive: true }).map(
      (file) => `${lib}/${build}/${file}`,
    );
    const javascript = together(files.filter((file) => file.endsWith(".js")));
    const wasm = together(files.filter((file) => file.endsWith(".wasm")));
    return { build, shared, javascript, wasm, total: shared + javascript + wasm };
  });
  return { builds };
}

const kilobytes = (bytes) => (bytes / 1e3).toFixed(1);

export function render({ builds }) {
  const cells = builds.map(({ build, ...sizes }) => [build, ...Object.values(sizes).map(kilobytes)]);
  return table(["kB with brotli", SHARED.join(" + "), "JavaScript of the build", "wasm", "together"], cells);
}
