/** The layers of ARCHITECTURE.md: which part may import which. Arrows point down only. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The allowed dependencies of each crate; a crate that is not listed is an error. */
const allowed = {
  "candling-core": ["fastrand", "libm", "thiserror"],
  "candling-imaging": [
    "candling-core",
    "fast_image_resize",
    "image",
    "imagesize",
    "moxcms",
    "png",
    "thiserror",
    "zune-jpeg",
  ],
  // candle and zip only with the feature `pth`
  "candling-models": [
    "candling-core",
    "candle-core",
    "half",
    "safetensors",
    "serde",
    "serde_json",
    "strsim",
    "thiserror",
    "zip",
  ],
  "candling-cpu": ["candling-core", "candle-core", "getrandom", "rayon"],
  "candling-webgpu": ["candling-core", "bytemuck", "futures-channel", "wgpu"],
  "candling-head": ["candle-core", "candle-nn", "fastrand", "getrandom", "thiserror"],
  // folders, masks and statistics: takes paths, first bytes and pixels, and knows no files
  "candling-audit": ["candling-imaging", "fastrand", "png", "thiserror", "unicode-normalization"],
  "candling-bindings": [
    "candling-core",
    "candling-head",
    "candling-imaging",
    "candling-models",
    "js-sys",
    "wasm-bindgen",
  ],
  "candling-wasm": [
    "candling-bindings",
    "candling-core",
    "candling-cpu",
    "candling-imaging",
    "candling-models",
    "js-sys",
    "pollster",
    "serde",
    "serde_json",
    "wasm-bindgen",
    "wasm-bindgen-rayon",
  ],
  // nothing that reads files, photos or models: a page with this module also has the CPU engine
  "candling-wasm-webgpu": [
    "candling-bindings",
    "candling-core",
    "candling-webgpu",
    "wasm-bindgen",
    "wasm-bindgen-futures",
  ],
  "candling-wasm-decode": ["candling-bindings", "candling-imaging", "wasm-bindgen"],
  // trains and evaluates heads; networks run in candling-wasm
  "candling-wasm-head": [
    "candling-audit",
    "candling-bindings",
    "candling-core",
    "candling-head",
    "candling-imaging",
    "candling-models",
    "js-sys",
    "serde_json",
    "wasm-bindgen",
  ],
  "candling-wasm-conformance": [
    "candling-core",
    "candling-models",
    "candling-testkit",
    "candling-webgpu",
    "getrandom",
    "js-sys",
    "wasm-bindgen",
    "wasm-bindgen-futures",
  ],
  candling: [
    "candling-audit",
    "candling-core",
    "candling-cpu",
    "candling-head",
    "candling-imaging",
    "candling-models",
    "candling-webgpu",
    "base64",
    "candle-core",
    "clap",
    "clap_complete",
    "clap_mangen",
    "csv",
    "ctrlc",
    "image",
    "indicatif",
    "npyz",
    "pollster",
    "rayon",
    "same-file",
    "serde",
    "serde_json",
    "sha2",
    "tempfile",
    "thiserror",
  ],
  "candling-testkit": ["candling-core", "pollster", "proptest", "safetensors", "serde_json"],
  xtask: ["walrus", "wasm-bindgen-cli-support"],
};

test("crates depend only on those below them", () => {
  const metadata = execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const { packages } = JSON.parse(metadata);
  assert.deepEqual(packages.map((crate) => crate.name).sort(), Object.keys(allowed).sort());
  for (const crate of packages) {
    const used = crate.dependencies.filter((dependency) => dependency.kind !== "dev").map(({ name }) => name);
    assert.deepEqual(
      used.filter((name) => !allowed[crate.name].includes(name)),
      [],
      `${crate.name} imports`,
    );
  }
});

test("the command's modules import one another in no circle", () => {
  const folder = join(root, "crates/cli/src");
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".rs"));
  const moduleOf = (file) => file.split(/[/\\]|\.rs$/)[0];
  const modules = new Set(files.map(moduleOf).filter((name) => name !== "main"));
  const imports = new Map([...modules].map((name) => [name, new Set()]));
  for (const file of files.filter((name) => moduleOf(name) !== "main")) {
    const code = readFileSync(join(folder, file), "utf8").replace(/\/\/.*$/gm, "");
    const direct = [...code.matchAll(/\bcrate::(\w+)/g)].map(([, name]) => name);
    const grouped = [...code.matchAll(/\bcrate::\{([^;]*)\};/g)].flatMap(([, names]) => names.match(/\w+/g));
    for (const name of [...direct, ...grouped])
      if (modules.has(name) && name !== moduleOf(file)) imports.get(moduleOf(file)).add(name);
  }
  assert.ok(imports.get("explain").has("session"), "imports are found");
  // Modules that import none that is left are taken away until only circles, and what needs them, are left.
  const left = new Map(imports);
  const isDone = ([, names]) => ![...names].some((name) => left.has(name));
  for (let found = [...left].filter(isDone); found.length > 0; found = [...left].filter(isDone))
    for (const [name] of found) left.delete(name);
  assert.deepEqual([...left.keys()], []);
});

/**
 * Folders and files of web/src in layers, the lowest first; a file may import from its own layer and from
 * below.
 */
const layers = [
  [
    "platform/",
    "catalogue.",
    "protocol.",
    "canvas.",
    "offline/messages.",
    "door/messages.",
    "trainer/messages.",
  ],
  ["worker/", "candling-worker.", "candling_wasm.", "candling_webgpu.", "candling_decode."],
  ["offline/", "service-worker."],
  ["door/", "door."],
  ["trainer/", "candling-trainer.", "candling_head."],
  ["client/", "candling."],
  ["words/", "dom/", "site/"],
  ["export/", "candling-export."],
  ["element/", "candling-view"],
  ["embed/", "embed."],
  ["api."],
  ["how/", "how."],
  ["lab/", "lab."],
  ["bias/", "bias."],
  ["own/", "own."],
];

/**
 * Programs of their own, which others only exchange messages with: the engine's worker, the service worker,
 * the door, the trainer.
 */
const isApart = (layer) => layer >= 1 && layer <= 4;

test("TypeScript imports only from below, and the programs of their own only what is theirs", () => {
  const source = join(root, "web/src");
  const layerOf = (file) => layers.findIndex((names) => names.some((name) => file.startsWith(name)));
  const files = readdirSync(source, { recursive: true }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  assert.ok(files.length > 5, "there is TypeScript to look at");
  for (const file of files) {
    const importer = layerOf(file);
    assert.notEqual(importer, -1, `${file} is in no layer`);
    const code = readFileSync(join(source, file), "utf8").replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
    for (const [, path] of code.matchAll(/(?:from|import) *\(?"(\.[^"]+)"/g)) {
      const imported = relative(source, resolve(source, dirname(file), path));
      const layer = layerOf(imported);
      assert.notEqual(layer, -1, `${file} imports ${path}, which is in no layer`);
      assert.ok(layer <= importer, `${file} imports ${path} from above`);
      if (isApart(layer))
        assert.equal(importer, layer, `${file} imports ${path}, which is another program's`);
    }
  }
});
