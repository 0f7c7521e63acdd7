/**
 * Bundles the TypeScript into `www/lib`, beside the wasm that `crates/wasm` is built into, and the style sheets into `www`.
 *
 *   candling.js         the client; imports nothing
 *   candling-worker.js  the worker; imports <build>/candling_wasm.js, when it starts
 *   candling-trainer.js the worker that trains heads; imports head/candling_head.js, when it is first asked
 *   candling-export.js  pictures and pages of maps; imports candling.js
 *   candling-view.js    the element, defined; imports candling.js and candling-export.js when they are wanted
 *   candling-view-element.js   its class, not defined
 *   candling-view.classic.js   the element, defined, as a classic script
 *   lab.js              the page; imports candling.js, as any other page would, and, in parts of their own,
 *                      what stands further down
 *   bias.js, own.js     the scripts of the lesson, bias.html, and of own.html; import candling.js and parts
 *                      that they share
 *   embed.js            the script of embed.html; imports candling-view-element.js
 *   how.js              the script of the article, how.html; imports candling-view-element.js
 *   door.js             the script of door.html, which fetches a picture by its link
 *   api.js              the script of the API page, api.html, which is written here too; imports
 *                      candling-view-element.js
 *   custom-elements.json       what editors and the API page know the element by
 *   lesson/             the lesson's pictures in one file, and their credits
 *
 * The service worker of the last build is deleted: it contains the hashes of files that are rewritten here.
 * `site-version.mjs` makes the next one.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildApi } from "./api.mjs";
import { buildLesson } from "./lesson.mjs";
import { buildManifest } from "./manifest.mjs";
import { www } from "./server.mjs";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const lib = fileURLToPath(new URL("../../www/lib/", import.meta.url));

const styles = readdirSync(`${source}styles`).map((name) => `${source}styles/${name}`);

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Modules that are not bundled, from whichever folder they are imported: their importers share them. */
const apart = (filter) => ({
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/^\.\./, "."), external: true },
    );
  },
});
const ofTheElement = apart(/^\.\.?\/candling(-export)?\.js$/);
const ofPages = apart(/^\.\.?\/candling(-export|-view|-view-element)?\.js$/);

/** The classic script locates its modules in its own way. */
const classic = {
  name: "classic",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/client\.js$/ }, () => ({ path: `${source}element/client-classic.ts` }));
  },
};

rmSync(`${www}sw.js`, { force: true });
/** parts are named by their contents, so those of the last build are stale */
for (const file of readdirSync(lib)) if (/^part-/.test(file)) rmSync(lib + file);
for (const file of readdirSync(www)) if (file.endsWith(".css")) rmSync(www + file);

const options = {
  outdir: lib,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "info",
  define: { CANDLING_VERSION: JSON.stringify(version) },
  plugins: [ofPages],
};
const from = (...names) => ({ entryPoints: names.map((name) => source + name) });
// one file each, because other pages copy them
await build({
  ...options,
  ...from(
    "candling.ts",
    "candling-worker.ts",
    "candling-trainer.ts",
    "candling-export.ts",
    "api.ts",
    "door.ts",
    "embed.ts",
    "how.ts",
  ),
});
await build({ ...options, ...from("candling-view.ts", "candling-view-element.ts"), plugins: [ofTheElement] });
await build({ ...options, ...from("candling-view.classic.ts"), format: "iife", plugins: [classic] });
// the code that these share is fetched, and stored for offline visits, once for all of them
await build({
  ...options,
  ...from("lab.ts", "bias.ts", "own.ts"),
  splitting: true,
  chunkNames: "part-[name]-[hash]",
});

// Each stays a sheet of its own, without its comments: pages share them, and fonts and pictures keep their addresses.
await build({ entryPoints: styles, outdir: www, minify: true, legalComments: "none", logLevel: "warning" });

buildLesson(`${lib}lesson/`);
await buildApi(www, buildManifest());
