/** The wasm: which build of it, and its start. */
import { relaxedSimd } from "wasm-feature-detect";
import { type Build, codes, type EngineBuild, type EngineFiles } from "../protocol.js";
import { failure, reasonOf } from "./failure.js";

export type Wasm = typeof import("../candling_wasm.js");

export interface Started extends EngineBuild {
  readonly wasm: Wasm;
  readonly memory: WebAssembly.Memory;
}

/** More threads than this wait for each other: a layer takes half a millisecond. */
const MOST_THREADS = 8;

/** Loads and compiles the wasm. A dynamic import, so that a missing file is an error with words and not a silent worker. */
export async function startEngine(files: EngineFiles, asked: Build | "auto", threads = navigator.hardwareConcurrency): Promise<Started> {
  const build = asked === "auto" ? await best(files, threads) : asked;
  const { module, wasm: file } = files[build];
  try {
    const wasm: Wasm = await import(module);
    const { memory } = await wasm.default({ module_or_path: new URL(file) });
    if (wasm.initThreadPool === undefined) return { wasm, memory, build, threads: 1 };
    const count = Math.min(threads, MOST_THREADS);
    // this worker computes too
    if (count > 1) await wasm.initThreadPool(count - 1);
    return { wasm, memory, build, threads: count };
  } catch (cause) {
    throw failure(
      codes.engineUnavailable,
      `the engine could not be started: ${reasonOf(cause)}; ${module} and ${file} must be there, with access-control-allow-origin where ` +
        `that is another origin than the page's, and a content security policy must allow 'wasm-unsafe-eval'` +
        (build === "threads" ? "; threads need a cross-origin isolated page" : ""),
    );
  }
}

/** Threads are workers too, and must come from the page's own origin. */
async function best(files: EngineFiles, threads: number): Promise<Build> {
  if (!(await relaxedSimd())) return "simd128";
  const own = new URL(files.threads.module).origin === self.origin;
  return crossOriginIsolated && own && threads > 1 ? "threads" : "relaxed-simd";
}
