/**
 * `demo.mjs BUILD...`: serves the site, whose first engine exists by now, while it builds the named wasm
 * modules one after the other. A page that requests a module without alternative (training, GPU) waits until
 * it is built; instead of waiting for a faster engine, it uses the existing one.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { listen } from "./listen.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Builds that pages can do without: each is a faster engine than the one that every browser runs. */
const FASTER = new Set(["relaxed-simd", "threads"]);

/** The purpose of each module, in words for those who wait for it. */
const PURPOSE = {
  "relaxed-simd": "the faster engine",
  head: "training, for the bias lab and for pictures of one's own",
  decode: "the decoder for photos that the browser does not read right",
  threads: "the engine for more than one core",
  webgpu: "the engine for graphics cards",
};

/** Runs a program in the project's folder; its output is shown only if it fails. */
function run(program, ...args) {
  const said = [];
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => said.push(data));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${program} ${args.join(" ")} failed:\n${Buffer.concat(said)}`)),
    );
  });
}

/** Builds one module, and prints how long it took. */
async function make(build) {
  const start = performance.now();
  await run("tools/wasm.sh", "engine", build);
  await run("tools/engine.sh", "engine", build);
  console.log(
    `  ${build} (${PURPOSE[build] ?? "a module"}) is there, after ${Math.round((performance.now() - start) / 1000)} s`,
  );
}

const builds = process.argv.slice(2);
const making = new Map();
const made = new Set();
await listen({
  // a module of an earlier build may be from other sources than the page, so it is not sent either
  ready: async (path) => {
    const build = /^\/lib\/([^/]+)\//.exec(path)?.[1];
    if (!making.has(build)) return true;
    if (!FASTER.has(build)) await making.get(build);
    return made.has(build);
  },
});
console.log(`The page is there. Built behind it, in some minutes from nothing: ${builds.join(", ")}.`);
let failed = false;
let before = Promise.resolve();
for (const build of builds) {
  before = before
    .then(() => make(build))
    .then(
      () => made.add(build),
      (error) => {
        failed = true;
        console.error(
          `error: ${error.message}\nThe site is served without ${build}: ${PURPOSE[build] ?? "a module"}.`,
        );
      },
    );
  making.set(build, before);
}
await before;
if (!failed) {
  await run("npm", "--prefix", "web", "run", "--silent", "service-worker");
  console.log(
    "Everything is built. A page that is loaded now takes the fastest engine, and works without a network afterwards.",
  );
}
