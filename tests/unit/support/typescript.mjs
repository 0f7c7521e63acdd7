/** Imports TypeScript into Node, which learnt to read it only after version 20. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const web = new URL("../../../web/", import.meta.url);
const { build } = createRequire(web)("esbuild");

/** A module of `web/src`, with what it imports. */
export async function imported(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`src/${path}`, web))],
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "warning",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
