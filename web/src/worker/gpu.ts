/**
 * GPU: the adapter, and the WebGPU engine, a module of its own that is fetched on first use.
 *
 * A GPU has failures of its own: device lost, driver reset, memory used up by another program. Its request is
 * then repeated on the CPU, once, and the page is told.
 */
import type { Engine, Run } from "../candling_webgpu.js";
import { type Adapter, type GpuFiles, codes } from "../protocol.js";
import { failure, isTrap, reasonOf, toFailure } from "./failure.js";

/** The used part of WebGPU, which TypeScript does not know yet. */
interface WebGpu {
  requestAdapter(options: object): Promise<{
    readonly info?: {
      readonly vendor: string;
      readonly architecture: string;
      readonly description: string;
      readonly isFallbackAdapter?: boolean;
    };
  } | null>;
}

/** Names of software adapters that do not set `isFallbackAdapter`. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** Timeout of the first answer, before which pipelines are compiled, and of every other one. */
const ANSWER_MS = 20_000;

/** Timeouts of the browser's adapter and of the engine's download. All other requests wait meanwhile. */
const ADAPTER_MS = 5_000;
const DOWNLOAD_MS = 10_000;

/** Error codes that may be the GPU's fault. All others are due to the request. */
const OF_THE_GPU: ReadonlySet<string> = new Set([
  codes.backendLost,
  codes.backendUnavailable,
  "backend-failed",
  "not-finite",
  codes.internal,
]);

/** Whether the module has trapped: nothing in it may be called any more, and a page gets no second one. */
let crashed = false;

/** The GPU in use. */
export interface Gpu {
  readonly engine: Engine;
  readonly name: string;
}

/** The adapter that the engine would get. */
export async function adapter(): Promise<Adapter | null> {
  const { gpu } = navigator as { readonly gpu?: WebGpu };
  const asked = gpu?.requestAdapter({ powerPreference: "high-performance" });
  const found = await withTimeout(ADAPTER_MS, asked, "the browser gave no adapter").catch(() => null);
  if (found === null || found === undefined) return null;
  const { vendor = "", architecture = "", description = "", isFallbackAdapter = false } = found.info ?? {};
  const name =
    [description || vendor, architecture].filter((word) => word !== "").join(", ") || "graphics card";
  return { name, software: isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`) };
}

/** Starts the WebGPU engine and loads the model into it. */
export async function loadOnGpu(
  { module, wasm: file }: GpuFiles,
  unpack: () => Promise<{ graph: Uint8Array; weights: Float32Array }>,
): Promise<Gpu> {
  if (crashed)
    throw failure(
      codes.backendLost,
      "the engine for graphics cards crashed before; it can be used again when the page is loaded anew",
    );
  const found = await adapter();
  if (found === null)
    throw failure(codes.backendUnavailable, "this browser offers pages no graphics card (WebGPU)");
  const fetched = async () => {
    const wasm: typeof import("../candling_webgpu.js") = await import(module);
    await wasm.default({ module_or_path: new URL(file) });
    return wasm;
  };
  try {
    const wasm = await withTimeout(DOWNLOAD_MS, fetched(), "its files did not come");
    const { graph, weights } = await unpack();
    return { engine: await withGpuTimeout(wasm.Engine.create(graph, weights)), name: found.name };
  } catch (cause) {
    const { code, message } = isTrap(cause) ? deviceLostError(cause) : toFailure(cause);
    throw failure(
      code === codes.internal ? codes.engineUnavailable : code,
      `the engine for graphics cards could not be started: ${message}`,
    );
  }
}

/**
 * Rejects if the GPU does not answer in time, or if its engine traps, which happens outside of the awaited
 * promise: in a task of the module's own.
 */
export async function withGpuTimeout<T>(answer: Promise<T>): Promise<T> {
  let trapped: (event: ErrorEvent) => void = () => {};
  const trap = new Promise<never>((_, reject) => {
    trapped = (event) => {
      if (!isTrap(event.error)) return;
      // reported by the rejection; the worker itself is sound
      event.preventDefault();
      reject(event.error);
    };
  });
  self.addEventListener("error", trapped);
  try {
    return await withTimeout(ANSWER_MS, Promise.race([answer, trap]), "the graphics card did not answer");
  } catch (thrown) {
    crashed ||= isTrap(thrown);
    throw thrown;
  } finally {
    self.removeEventListener("error", trapped);
  }
}

/** Rejects with this message if there is no answer within that many milliseconds. */
function withTimeout<T>(most: number, answer: Promise<T>, words: string): Promise<T>;
function withTimeout<T>(most: number, answer: Promise<T> | undefined, words: string): Promise<T | undefined>;
function withTimeout<T>(most: number, answer: Promise<T> | undefined, words: string): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure(codes.backendLost, `${words} for ${most / 1000} seconds`)), most);
  });
  return Promise.race([Promise.resolve(answer), late]).finally(() => clearTimeout(timer));
}

/**
 * Returns the result of `onGpu`; if the GPU fails, that of `onCpu`, and `onLost` gets the error. If the CPU
 * fails too, the request is at fault, and `onLost` is not called.
 */
export async function withCpuFallback<T>(
  onGpu: () => Promise<T>,
  onCpu: () => T,
  onLost: (thrown: unknown) => void,
): Promise<T> {
  // the run's data on the GPU cannot be reached then
  if (crashed) return onCpu();
  try {
    return await onGpu();
  } catch (thrown) {
    // a trap in this module does not affect the other one
    const mayBeGpu = isTrap(thrown) || OF_THE_GPU.has(toFailure(thrown).code);
    if (!mayBeGpu) throw thrown;
    const answer = onCpu();
    onLost(thrown);
    return answer;
  }
}

/** The error of a GPU failure. */
export function deviceLostError(thrown: unknown): { code: string; message: string } {
  if (isTrap(thrown))
    return { code: codes.backendLost, message: `the engine for graphics cards crashed: ${reasonOf(thrown)}` };
  const { code, message } = toFailure(thrown);
  return { code: code === codes.internal ? codes.backendLost : code, message };
}

/** Frees an object on the GPU. */
export function freeOnGpu(object: Engine | Run | undefined): void {
  if (crashed) return;
  try {
    object?.free();
  } catch {
    // its memory goes with the worker
  }
}
