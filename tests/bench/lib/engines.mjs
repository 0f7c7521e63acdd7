/**
 * The engines in the browser: which page, with which query, answers which operations. To add one, write its
 * page and a line here; the README says how.
 */
import { existsSync } from "node:fs";
import { at } from "./tools.mjs";

/** Both forms of Candling's one-thread build, and the threaded one. */
export const BUILDS = ["simd128", "relaxed-simd", "threads"];

const ALL = ["forward", "grad-cam", "second-class", "guided-backprop"];
const PEER = ["forward", "grad-cam", "guided-backprop"];

const candling = { page: "candling" };
export const engines = [
  { name: "Candling, simd128", query: { ...candling, build: "simd128" }, operations: ALL },
  { name: "Candling, relaxed SIMD", query: { ...candling, build: "relaxed-simd" }, operations: ALL },
  { name: "Candling, 2 threads", query: { ...candling, build: "threads", threads: 2 }, operations: ALL },
  { name: "LiteRT.js, relaxed SIMD", query: { page: "litert" }, operations: ["forward"] },
  { name: "LiteRT.js, plain SIMD", query: { page: "litert", variant: "plain" }, operations: ["forward"] },
  { name: "LiteRT.js, 2 threads", query: { page: "litert", threads: 2 }, operations: ["forward"] },
  { name: "TensorFlow.js", query: { page: "tfjs" }, operations: PEER },
  { name: "TensorFlow.js, 2 threads", query: { page: "tfjs", threads: 2 }, operations: PEER },
  { name: "onnxruntime-web", query: { page: "ort" }, operations: PEER },
  { name: "onnxruntime-web, 2 threads", query: { page: "ort", threads: 2 }, operations: PEER },
];

export const OWN = engines.filter(({ query }) => query.page === "candling");

/** The build of all sections but the comparison: the fastest on one thread. */
export const MAIN = engines.find(({ query }) => query.build === "relaxed-simd");

/** Fails if a build of Candling is missing. */
export function requireBuilds(lib) {
  const missing = BUILDS.filter((build) => !existsSync(`${lib}/${build}/candling_wasm.js`));
  if (missing.length > 0) {
    throw new Error(`${lib} has no build ${missing.join(", ")}; make them with: npx -y rust-just build`);
  }
}

export const LITE0 = at("www/models/efficientnet-lite0.safetensors");
