/**
 * Bundles the TypeScript into `www/lib`, beside the wasm that `crates/wasm` is built into.
 *
 *   candling.js         the client; imports nothing
 *   candling-worker.js  the worker; imports <build>/candling_wasm.js, when it starts
 *   lab.js              the page; imports candling.js, as any other page would
 *   door.js             the script of door.html, which fetches a picture by its link
 *
 * and then, from all that lies in `www` by now, the service worker `www/sw.js`.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { www } from "./server.mjs";
import { buildServiceWorker } from "./service-worker.mjs";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const lib = fileURLToPath(new URL("../../www/lib/", import.meta.url));

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** The client stays a module of its own, from whichever folder it is imported. */
const stayApart = {
  name: "stay-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/candling\.js$/ }, ({ path }) => ({ path: path.replace(/^\.\./, "."), external: true }));
  },
};

await build({
  entryPoints: ["candling.ts", "candling-worker.ts", "lab.ts", "door.ts"].map((name) => source + name),
  outdir: lib,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "info",
  define: { CANDLING_VERSION: JSON.stringify(version) },
  plugins: [stayApart],
});

await buildServiceWorker(www);
