/**
 * Assembles the npm package in `web/dist`, from what was built into `www/lib` and from the models. `npm pack`
 * runs it (`prepack`).
 *
 * The files of a release are in one folder, as on the site, so that each finds the others beside itself. A
 * missing file is an error: a package with half of its files would be published as readily as a whole one.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(web, "dist");

const builds = ["simd128", "relaxed-simd", "threads"];

/** The files that are copied into `dist`: name there, and source in the repository. */
const files = {
  ...fromLib([
    "candling.js",
    "candling-worker.js",
    "candling-export.js",
    "candling-view.js",
    "candling-view-element.js",
    "candling-view.classic.js",
    "embed.js",
    "custom-elements.json",
    ...builds.flatMap((build) => [`${build}/candling_wasm.js`, `${build}/candling_wasm_bg.wasm`]),
    "decode/candling_decode.js",
    "decode/candling_decode_bg.wasm",
    "webgpu/candling_webgpu.js",
    "webgpu/candling_webgpu_bg.wasm",
  ]),
  "embed.html": "www/embed.html",
  "embed.css": "www/embed.css",
  "types/react.d.ts": "web/types/react.d.ts",
  "models/efficientnet-lite0.safetensors": "www/models/efficientnet-lite0.safetensors",
  "models/efficientnet-lite0-small.safetensors": "www/models/efficientnet-lite0-small.safetensors",
  "models/LICENSE": "www/models/LICENSE",
  "models/README.md": "www/models/README.md",
};

/** Files that npm expects beside package.json and that are at the root of the repository. */
const papers = ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"];

function fromLib(names) {
  return Object.fromEntries(names.map((name) => [name, `www/lib/${name}`]));
}

rmSync(dist, { recursive: true, force: true });
const missing = Object.values(files).filter((path) => !exists(join(root, path)));
if (missing.length > 0) {
  console.error(
    `error: the package lacks ${missing.join(", ")}; "npx -y rust-just build" makes what the site serves`,
  );
  process.exit(1);
}
for (const [name, path] of Object.entries(files)) copy(join(root, path), join(dist, name));
for (const name of papers) cpSync(join(root, name), join(web, name));
declareTypes();
writeFileSync(join(dist, "integrity.json"), `${JSON.stringify(integrity(), null, 2)}\n`);

/**
 * Copies a file without its source map, which would triple the package's code, and without the reference to
 * it, which would be requested in vain. Pages of the site load its scripts from `lib`; here these are beside
 * the page.
 */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  if (to.endsWith(".js"))
    writeFileSync(to, readFileSync(from, "utf8").replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"));
  else if (to.endsWith(".html"))
    writeFileSync(to, readFileSync(from, "utf8").replaceAll(/(?<=(src|href)=")lib\//g, ""));
  else cpSync(from, to);
}

/** Writes the declarations of the public modules and of those that they refer to. */
function declareTypes() {
  const types = join(dist, "types");
  const project = join(web, "tsconfig.types.json");
  execFileSync(join(web, "node_modules/.bin/tsc"), ["-p", project, "--outDir", types], { stdio: "inherit" });
  const { files: entries } = JSON.parse(readFileSync(project, "utf8"));
  const reached = new Set();
  const reach = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const code = readFileSync(file, "utf8").replace(/\/\*[^]*?\*\//g, "");
    const named = code.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)\.js"/g);
    for (const [, path] of named) reach(join(dirname(file), `${path}.d.ts`));
  };
  const declared = entries.map((entry) => entry.replace(/^src\//, "").replace(/\.ts$/, ".d.ts"));
  for (const path of [...declared, "react.d.ts"]) reach(join(types, path));
  for (const path of pathsIn(types)) if (!reached.has(join(types, path))) rmSync(join(types, path));
}

/**
 * The value of `integrity=""` and of import maps for each file that a page may load (Subresource Integrity).
 */
function integrity() {
  const loaded = pathsIn(dist).filter((path) => /\.(js|css|wasm|safetensors)$/.test(path));
  return Object.fromEntries(loaded.map((path) => [path, `sha384-${sha384(readFileSync(join(dist, path)))}`]));
}

function sha384(data) {
  return createHash("sha384").update(data).digest("base64");
}

/** The paths of all files below a folder, with slashes, sorted. */
function pathsIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.split(sep).join("/"))
    .sort();
}

function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
