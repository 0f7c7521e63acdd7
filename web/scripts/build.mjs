/**
 * Bundles the TypeScript into `www/lib`, beside the wasm that `crates/wasm` is built into.
 *
 *   candling.js         the client; imports nothing
 *   candling-worker.js  the worker; imports <build>/candling_wasm.js, when it starts
 *   lab.js              the page; imports candling.js, as any other page would, and, in parts of their own, what stands further down
 *   door.js             the script of door.html, which fetches a picture by its link
 *
 * and then, from all that lies in `www` by now, the service worker `www/sw.js`.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
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

/** The parts are named by their contents: those of the last build are none of this one. */
for (const file of readdirSync(lib)) if (file.startsWith("lab-")) rmSync(lib + file);

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
  plugins: [stayApart],
};
// Each in one file: other pages copy them.
await build({ ...options, entryPoints: ["candling.ts", "candling-worker.ts", "door.ts"].map((name) => source + name) });
await build({ ...options, entryPoints: [`${source}lab.ts`], splitting: true, chunkNames: "lab-[name]-[hash]" });

await buildServiceWorker(www);
