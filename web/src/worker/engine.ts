/** The wasm engine: choice of its build, and its start. */
import { simd } from "wasm-feature-detect";
import { type Build, codes, type EngineBuild, type EngineFiles, type FailedBuild } from "../protocol.js";
import { noWebAssembly } from "../platform/webassembly.js";
import { failure, reasonOf } from "./failure.js";
import { hasRelaxedSimd } from "./relaxed.js";
import { startThreads } from "./threads.js";

export type Wasm = typeof import("../candling_wasm.js");

export interface Started extends EngineBuild {
  readonly wasm: Wasm;
  readonly memory: WebAssembly.Memory;
}

/** Largest number of threads: more would wait for each other, as a layer takes half a millisecond. */
const MOST_THREADS = 8;

/** The builds to try, best first. Fails if none can run here; downloads nothing. */
export async function buildsFor(
  files: EngineFiles,
  asked: readonly Build[] | "auto",
  threads = navigator.hardwareConcurrency,
): Promise<readonly Build[]> {
  const missing = noWebAssembly();
  if (missing !== undefined) throw failure(codes.engineUnavailable, missing);
  if (!(await simd())) {
    throw failure(
      codes.engineUnavailable,
      "this browser's WebAssembly has no 128-bit vectors (SIMD), of which the engine is made; update it: Chrome and Edge have them since 91, Firefox since 89, Safari since 16.4",
    );
  }
  if (asked !== "auto") return asked;
  if (!hasRelaxedSimd()) return ["simd128"];
  // threads are workers too, and must be of the page's own origin
  const own = new URL(files.threads.module).origin === self.origin;
  return [
    ...(crossOriginIsolated && own && threads > 1 ? (["threads"] as const) : []),
    "relaxed-simd",
    "simd128",
  ];
}

/** Loads and starts the first build that can be started; feature tests and servers are not always right. */
export async function startEngine(
  files: EngineFiles,
  builds: readonly Build[],
  threads = navigator.hardwareConcurrency,
): Promise<Started> {
  const failed: FailedBuild[] = [];
  for (const build of builds) {
    try {
      return { ...(await start(files, build, threads)), build, failed };
    } catch (cause) {
      failed.push({ build, reason: reasonOf(cause) });
    }
  }
  const tried = failed.map(({ build, reason }) => `${files[build].module} (${reason})`).join(", ");
  throw failure(
    codes.engineUnavailable,
    `the engine could not be started: ${tried}; its files must be there, with access-control-allow-origin where that is another origin than the page's` +
      (builds.includes("threads") ? "; threads need a cross-origin isolated page" : ""),
  );
}

/** Starts a build. A dynamic import turns a missing file into an error instead of a silent worker. */
async function start(
  files: EngineFiles,
  build: Build,
  threads: number,
): Promise<Pick<Started, "wasm" | "memory" | "threads">> {
  const { module, wasm: file } = files[build];
  const wasm: Wasm = await import(module);
  const { memory } = await wasm.default({ module_or_path: new URL(file) });
  if (wasm.initThreadPool === undefined) return { wasm, memory, threads: 1 };
  const count = Math.min(threads, MOST_THREADS);
  // this worker computes too
  if (count > 1) await startThreads(wasm.initThreadPool, count - 1);
  return { wasm, memory, threads: count };
}
