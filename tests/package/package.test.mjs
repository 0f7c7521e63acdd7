/** The contents of the package, and whether its documentation of them is true. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { command, pack, unpack, web, workshop } from "./support/package.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));

const builds = ["simd128", "relaxed-simd", "threads"];

/** Everything but the types. */
const contents = [
  "CHANGELOG.md",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "package.json",
  ...[
    "candling.js",
    "candling-worker.js",
    "candling-export.js",
    "candling-view.js",
    "candling-view-element.js",
    "candling-view.classic.js",
    "embed.js",
    "embed.html",
    "embed.css",
    "custom-elements.json",
    ...builds.flatMap((build) => [`${build}/candling_wasm.js`, `${build}/candling_wasm_bg.wasm`]),
    "decode/candling_decode.js",
    "decode/candling_decode_bg.wasm",
    "webgpu/candling_webgpu.js",
    "webgpu/candling_webgpu_bg.wasm",
    "integrity.json",
    "models/LICENSE",
    "models/README.md",
    "models/efficientnet-lite0.safetensors",
    "models/efficientnet-lite0-small.safetensors",
  ].map((name) => `dist/${name}`),
];

/** npm and the CDNs take a package of this size; twice of it, and something is in it that should not be. */
const MOST_BYTES = 20e6;

/** Largest relative error of a size in the README: compilers and brotli differ a little between versions. */
const MOST_OFF = 0.05;
/**
 * The README tells of modules as they are shipped; link-time optimisation has taken so large a share off
 * them, at most, which the build that is tested here leaves out.
 */
const LINKED = 0.1;

let shop;
let tarball;
let unpacked;
let files;
let description;

before(async () => {
  shop = await workshop();
  tarball = await pack(shop.folder);
  unpacked = join(shop.folder, "node_modules/candling");
  await unpack(tarball, unpacked);
  files = (await readdir(unpacked, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(unpacked.length + 1))
    .sort();
  description = JSON.parse(await text("package.json"));
});
after(() => shop?.remove());

const text = (path) => readFile(join(unpacked, path), "utf8");
const tool = (name, ...args) => command(join(web, "node_modules/.bin", name), args);

test("it holds the files of a release, their types, and nothing else", async () => {
  const types = files.filter((path) => path.startsWith("dist/types/"));
  assert.deepEqual(
    files.filter((path) => !types.includes(path)),
    contents.sort(),
  );
  assert.deepEqual(
    types.filter((path) => !path.endsWith(".d.ts")),
    [],
  );
  assert.ok((await stat(tarball)).size < MOST_BYTES);
});

test("the README's sizes are those of the files", async () => {
  const table = [...(await text("README.md")).matchAll(/^\| `(.+)` \| .+ \| ([\d,.]+) \|$/gm)];
  const named = table.map(([, path]) => `dist/${path}`).sort();
  assert.deepEqual(named, contents.filter((path) => /\.(js|css|html|wasm|safetensors)$/.test(path)).sort());
  for (const [, path, said] of table) {
    const bytes = await readFile(join(unpacked, "dist", path));
    const kilobytes = (path.endsWith(".safetensors") ? bytes.length : brotliCompressSync(bytes).length) / 1e3;
    // what is said is rounded to a tenth
    const shipped = path.endsWith(".wasm") ? (1 - LINKED) * kilobytes : kilobytes;
    const [size, off] = [Number(said.replace(",", "")), 0.05 + MOST_OFF * kilobytes];
    assert.ok(
      shipped - off <= size && size <= kilobytes + off,
      `${path}: ${said} kB are said of ${kilobytes}; "npx -y rust-just sizes" measures again`,
    );
  }
});

test("publint has nothing to say", () => tool("publint", tarball, "--strict"));

test("Are The Types Wrong? No", () =>
  tool("attw", tarball, "--profile", "esm-only", "--exclude-entrypoints", "./embed.html"));

test("a TypeScript program uses every module, under both ways of resolving them, with the declarations checked too", async () => {
  const program = join(shop.folder, "types");
  await cp(join(fixtures, "types"), program, { recursive: true });
  await cp(join(fixtures, "package.json"), join(shop.folder, "package.json"));
  for (const resolution of ["node16", "bundler"])
    await tool("tsc", "-p", join(program, `tsconfig.${resolution}.json`));
});

test("declarations speak of nothing that is not there", async () => {
  for (const path of files.filter((path) => path.endsWith(".d.ts"))) {
    const code = (await text(path)).replace(/\/\*[^]*?\*\//g, "");
    for (const [, named] of code.matchAll(/(?:from|import) ?\(?"([^"]+)"/g)) {
      if (named === "react") continue;
      const target = join(path, "..", named.replace(/\.js$/, ".d.ts"));
      assert.ok(files.includes(target), `${path} imports ${named}`);
    }
  }
});

test("every address that package.json gives is a file", () => {
  const addresses = (value) =>
    typeof value === "string" ? [value] : Object.values(value).flatMap(addresses);
  const { exports, main, types, customElements, unpkg, jsdelivr, sideEffects } = description;
  for (const address of addresses([exports, main, types, customElements, unpkg, jsdelivr, sideEffects])) {
    const [before, after] = address.replace(/^\.\//, "").split("*");
    const isNamed = (path) =>
      after === undefined ? path === before : path.startsWith(before) && path.endsWith(after);
    assert.ok(files.some(isNamed), address);
  }
});

test("it depends on nothing, and runs nothing when it is installed", () => {
  const { dependencies, peerDependencies, optionalDependencies, scripts } = description;
  assert.deepEqual(
    { dependencies, peerDependencies, optionalDependencies },
    {
      dependencies: undefined,
      peerDependencies: undefined,
      optionalDependencies: undefined,
    },
  );
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
    [],
  );
});

test("integrity.json is right, and names every file that a page loads, in order", async () => {
  const integrity = JSON.parse(await text("dist/integrity.json"));
  const loaded = files
    .filter((path) => /\.(js|css|wasm|safetensors)$/.test(path))
    .map((path) => path.replace(/^dist\//, ""));
  assert.deepEqual(Object.keys(integrity), loaded);
  for (const [path, hash] of Object.entries(integrity)) {
    const bytes = await readFile(join(unpacked, "dist", path));
    assert.equal(hash, `sha384-${createHash("sha384").update(bytes).digest("base64")}`, path);
  }
});

test("nothing in it says where it was built, or asks for a source map that is not there", async () => {
  for (const path of files) {
    const bytes = await readFile(join(unpacked, path));
    for (const telling of [root, homedir(), "sourceMappingURL"]) {
      assert.equal(bytes.includes(telling), false, `${path} has "${telling}" in it`);
    }
  }
});

test("a server that renders pages may import every module, and nothing is defined there", async () => {
  for (const name of ["candling", "candling-export", "candling-view", "candling-view-element"]) {
    await import(join(unpacked, `dist/${name}.js`));
  }
  const { define } = await import(join(unpacked, "dist/candling-view-element.js"));
  define();
  assert.equal(globalThis.customElements, undefined);
});
