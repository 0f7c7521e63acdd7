/** Bundles the pages and assembles the ceiling's modules into `target/bench/pages`. */
import { copyFileSync, writeFileSync } from "node:fs";
import { KERNELS } from "../ceiling/layout.mjs";
import { assemble } from "../ceiling/wasm.mjs";
import { at, binaryen, esbuild } from "./tools.mjs";

const PAGES = ["start", "candling", "candling-worker", "ceiling", "client", "litert", "ort", "tfjs"];

export async function buildPages() {
  const folder = at("target/bench/pages");
  await esbuild.build({
    entryPoints: PAGES.map((name) => at(`tests/bench/pages/${name}.mjs`)),
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    // what LiteRT.js and TensorFlow.js ask for where they find themselves in Node
    external: ["fs", "module", "path", "url", "util", "crypto", "node:*"],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  copyFileSync(at("tests/bench/pages/page.html"), `${folder}/page.html`);
  const assembler = await binaryen();
  for (const kind of Object.keys(KERNELS))
    writeFileSync(`${folder}/ceiling-${kind}.wasm`, assemble(assembler, kind));
}
