/**
 * The graphics card: which there is, and the engine on it, a module of its own that is fetched when it is first wanted.
 *
 * A card fails in ways of its own: it is taken away, its driver is reset, its memory is another program's. What was asked of it is then
 * asked of the processor, once, and the page is told.
 */
import type { Engine, Run } from "../candling_webgpu.js";
import { type Adapter, type CardFiles, codes } from "../protocol.js";
import { failure, isTrap, reasonOf, toFailure } from "./failure.js";

/** What is used of WebGPU here; TypeScript does not know it yet. */
interface Gpu {
  requestAdapter(options: object): Promise<{
    readonly info?: {
      readonly vendor: string;
      readonly architecture: string;
      readonly description: string;
      readonly isFallbackAdapter?: boolean;
    };
  } | null>;
}

/** Adapters that do not say of themselves that they are none. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** How long a card may take until its first answer; pipelines are compiled before it. */
const PATIENCE_MS = 20_000;

/** ... the browser until it gives an adapter, and the network until the engine is there. Whatever else is asked waits meanwhile. */
const ADAPTER_MS = 5_000;
const DOWNLOAD_MS = 10_000;

/** What a card may be to blame for. Everything else is in the question. */
const OF_THE_CARD: ReadonlySet<string> = new Set([
  codes.backendLost,
  codes.backendUnavailable,
  "backend-failed",
  "not-finite",
  codes.internal,
]);

/** After a trap nothing in the module may be called any more, and a page gets no second one. */
let crashed = false;

/** The card that is used; none while the processor does everything. */
export interface Card {
  readonly engine: Engine;
  readonly name: string;
}

/** The adapter that the engine would get. */
export async function adapter(): Promise<Adapter | null> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  const asked = gpu?.requestAdapter({ powerPreference: "high-performance" });
  const found = await within(ADAPTER_MS, asked, "the browser gave no adapter").catch(() => null);
  if (found === null || found === undefined) return null;
  const { vendor = "", architecture = "", description = "", isFallbackAdapter = false } = found.info ?? {};
  const name =
    [description || vendor, architecture].filter((word) => word !== "").join(", ") || "graphics card";
  return { name, software: isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`) };
}

/** Takes the card and brings the model to it. */
export async function take(
  { module, wasm: file }: CardFiles,
  unpack: () => Promise<{ graph: Uint8Array; weights: Float32Array }>,
): Promise<Card> {
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
    const wasm = await within(DOWNLOAD_MS, fetched(), "its files did not come");
    const { graph, weights } = await unpack();
    return { engine: await inTime(wasm.Engine.create(graph, weights)), name: found.name };
  } catch (cause) {
    const { code, message } = isTrap(cause) ? lost(cause) : toFailure(cause);
    throw failure(
      code === codes.internal ? codes.engineUnavailable : code,
      `the engine for graphics cards could not be started: ${message}`,
    );
  }
}

/** Fails if the card does not answer, or if its engine traps, which happens outside of what waits for it: in a task of the module's own. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let trapped: (event: ErrorEvent) => void = () => {};
  const trap = new Promise<never>((_, reject) => {
    trapped = (event) => {
      if (!isTrap(event.error)) return;
      // It is told here; the worker itself is well.
      event.preventDefault();
      reject(event.error);
    };
  });
  self.addEventListener("error", trapped);
  try {
    return await within(PATIENCE_MS, Promise.race([answer, trap]), "the graphics card did not answer");
  } catch (thrown) {
    crashed ||= isTrap(thrown);
    throw thrown;
  } finally {
    self.removeEventListener("error", trapped);
  }
}

/** Fails with these words if there is no answer after so many milliseconds. */
function within<T>(most: number, answer: Promise<T>, words: string): Promise<T>;
function within<T>(most: number, answer: Promise<T> | undefined, words: string): Promise<T | undefined>;
function within<T>(most: number, answer: Promise<T> | undefined, words: string): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure(codes.backendLost, `${words} for ${most / 1000} seconds`)), most);
  });
  return Promise.race([Promise.resolve(answer), late]).finally(() => clearTimeout(timer));
}

/** What `onCard` gives; if the card fails, what `onCpu` gives, and `onLost` is told what the card threw. Where the processor fails too, it
 *  was the question: nobody is told. */
export async function instead<T>(
  onCard: () => Promise<T>,
  onCpu: () => T,
  onLost: (thrown: unknown) => void,
): Promise<T> {
  // What a run has on the card is out of reach then.
  if (crashed) return onCpu();
  try {
    return await onCard();
  } catch (thrown) {
    // A trap in its module is no trap in the other one.
    const mayBe = isTrap(thrown) || OF_THE_CARD.has(toFailure(thrown).code);
    if (!mayBe) throw thrown;
    const answer = onCpu();
    onLost(thrown);
    return answer;
  }
}

/** What to tell of a card that failed. */
export function lost(thrown: unknown): { code: string; message: string } {
  if (isTrap(thrown))
    return { code: codes.backendLost, message: `the engine for graphics cards crashed: ${reasonOf(thrown)}` };
  const { code, message } = toFailure(thrown);
  return { code: code === codes.internal ? codes.backendLost : code, message };
}

/** Frees what lies on a card. */
export function release(object: Engine | Run | undefined): void {
  if (crashed) return;
  try {
    object?.free();
  } catch {
    // its memory goes with the worker
  }
}
