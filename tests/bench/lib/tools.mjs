/** The tools are `web`'s development dependencies; only the engines to measure are this folder's own. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));

export const { chromium } = require("playwright-core");
export const esbuild = require("esbuild");
export const sirv = require("sirv");
/** An ES module with top-level await, which `require` cannot take. */
export const binaryen = async () => (await import(require.resolve("binaryen"))).default;

const root = new URL("../../../", import.meta.url);
/** The absolute path of a file of the repository. */
export const at = (path) => fileURLToPath(new URL(path, root));
