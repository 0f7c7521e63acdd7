/** The wasm: which build of it, and its start. */
import { relaxedSimd } from "wasm-feature-detect";
import { type Build, codes, type EngineBuild } from "../protocol.js";
import { failure, reasonOf } from "./failure.js";

export type Wasm = typeof import("../candling_wasm.js");

export interface Started extends EngineBuild {
  readonly wasm: Wasm;
  readonly memory: WebAssembly.Memory;
}

/** More threads than this wait for each other: a layer takes half a millisecond. */
const MOST_THREADS = 8;

/** Loads and compiles the wasm. A dynamic import, so that a missing file is an error with words and not a silent worker. */
export async function startEngine(asked: Build | "auto", threads = navigator.hardwareConcurrency): Promise<Started> {
  const build = asked === "auto" ? await best(threads) : asked;
  const folder = new URL(`./${build}/`, import.meta.url);
  try {
    const wasm: Wasm = await import(new URL("candling_wasm.js", folder).href);
    const { memory } = await wasm.default({ module_or_path: new URL("candling_wasm_bg.wasm", folder) });
    if (wasm.initThreadPool === undefined) return { wasm, memory, build, threads: 1 };
    const count = Math.min(threads, MOST_THREADS);
    // this worker computes too
    if (count > 1) await wasm.initThreadPool(count - 1);
    return { wasm, memory, build, threads: count };
  } catch (cause) {
    throw failure(
      codes.engineUnavailable,
      `the engine could not be started: ${reasonOf(cause)}; ${build}/candling_wasm.js and ${build}/candling_wasm_bg.wasm must lie ` +
        `beside candling-worker.js, and a content security policy must allow 'wasm-unsafe-eval'` +
        (build === "threads" ? "; threads need a cross-origin isolated page" : ""),
    );
  }
}

async function best(threads: number): Promise<Build> {
  if (!(await relaxedSimd())) return "simd128";
  return crossOriginIsolated && threads > 1 ? "threads" : "relaxed-simd";
}
