/**
 * Bundles the service worker into the site, last of all: it contains a digest of every other file, which
 * defines a version of the site.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("../src/service-worker.ts", import.meta.url));

/**
 * Files that the site's own pages do not use: the worker itself, what only developers' tools or other sites
 * load, and marks of the build.
 */
const left =
  /^sw\.js$|^embed\.|^lib\/(embed|candling-view|candling-view\.classic)\.js$|^lib\/custom-elements\.json$|\.map$|(^|\/)\./;

/**
 * Large files, stored only if a visitor used them: builds of the engine, models, pictures. All else is code.
 */
const large = /^lib\/[^/]+\/|^models\/.*\.safetensors$|^samples\/.*\.jpg$/;

/** Writes `sw.js` into the folder `site`, whose files must be complete. */
export async function buildServiceWorker(site) {
  await build({
    entryPoints: [entry],
    outfile: join(site, "sw.js"),
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    define: { SITE: JSON.stringify(manifestOf(site)) },
  });
}

/**
 * The manifest `{ version, code, large }`: the path of each file, encoded as in an address, and its digest in
 * hexadecimal.
 */
function manifestOf(site) {
  const manifest = { code: {}, large: {} };
  for (const path of pathsIn(site)) {
    const address = path.split("/").map(encodeURIComponent).join("/");
    manifest[large.test(path) ? "large" : "code"][address] = digest(readFileSync(join(site, path)));
  }
  return { version: digest(JSON.stringify(manifest)), ...manifest };
}

/** The paths, sorted, so that the same files are the same version on every machine. */
function pathsIn(site) {
  return readdirSync(site, { recursive: true })
    .filter((path) => statSync(join(site, path)).isFile())
    .map((path) => path.split(sep).join("/"))
    .filter((path) => !left.test(path))
    .sort();
}

/** The digest of `web/src/offline/digest.ts`. */
function digest(data) {
  return createHash("sha256").update(data).digest("hex").slice(0, 32);
}
