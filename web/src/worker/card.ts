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

/** What a card may be to blame for. Everything else is in the question. */
const OF_THE_CARD: ReadonlySet<string> = new Set([codes.backendLost, codes.backendUnavailable, "backend-failed", "not-finite", codes.internal]);

/** The card that is used; none while the processor does everything. */
export interface Card {
  readonly engine: Engine;
  readonly name: string;
}

/** The adapter that the engine would get. */
export async function adapter(): Promise<Adapter | null> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  const found = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (found === null || found === undefined) return null;
  const { vendor = "", architecture = "", description = "", isFallbackAdapter = false } = found.info ?? {};
  const name = [description || vendor, architecture].filter((word) => word !== "").join(", ") || "graphics card";
  return { name, software: isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`) };
}

/** Takes the card and brings the model to it. */
export async function take({ module, wasm: file }: CardFiles, unpack: () => Promise<{ graph: Uint8Array; weights: Float32Array }>): Promise<Card> {
  const found = await adapter();
  if (found === null) throw failure(codes.backendUnavailable, "this browser offers pages no graphics card (WebGPU)");
  try {
    const wasm: typeof import("../candling_webgpu.js") = await import(module);
    await wasm.default({ module_or_path: new URL(file) });
    const { graph, weights } = await unpack();
    return { engine: await inTime(wasm.Engine.create(graph, weights)), name: found.name };
  } catch (cause) {
    const { code, message } = toFailure(cause);
    throw failure(OF_THE_CARD.has(code) && code !== codes.internal ? code : codes.backendUnavailable, `the engine for graphics cards could not be started: ${message}`);
  }
}

/** Fails if the card does not answer. */
export function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    const tooLate = () => reject(failure(codes.backendLost, `the graphics card did not answer for ${PATIENCE_MS / 1000} seconds`));
    timer = setTimeout(tooLate, PATIENCE_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** What `onCard` gives; if the card fails, what `onCpu` gives, and `onLost` is told what the card threw. Where the processor fails too, it
 *  was the question: nobody is told. */
export async function instead<T>(onCard: () => Promise<T>, onCpu: () => T, onLost: (thrown: unknown) => void): Promise<T> {
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
  if (isTrap(thrown)) return { code: codes.backendLost, message: `the engine for graphics cards crashed: ${reasonOf(thrown)}` };
  const { code, message } = toFailure(thrown);
  return { code: code === codes.internal ? codes.backendLost : code, message };
}

/** Frees what lies on a card; a module that trapped may not be called any more. */
export function release(object: Engine | Run | undefined): void {
  try {
    object?.free();
  } catch {
    // its memory goes with the worker
  }
}
