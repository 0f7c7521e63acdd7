/** Errors of the worker, and their conversion into messages. */
import { codes, type Failure } from "../protocol.js";

/** An error that can be sent as it is. */
export function failure(code: string, message: string): Error & Failure {
  return Object.assign(new Error(message), { code });
}

/** The text of any thrown value. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Converts an error; `runs` is the number of runs that were not freed, which may be why memory is short. */
export function toFailure(thrown: unknown, runs = 0): Failure {
  if (isTrap(thrown)) {
    const freed = runs > 1 ? `, or free() those of the ${runs} runs that are done with` : "";
    return {
      code: codes.engineCrashed,
      message: `the engine crashed (${reasonOf(thrown)}) and is restarted; if it happens again, try a smaller picture${freed}`,
    };
  }
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  // the `code` of a DOMException is a legacy number, not ours
  return { code: typeof code === "string" ? code : codes.internal, message: reasonOf(thrown) };
}

/**
 * Runs `body` and frees its wasm object, also if it failed; but not after a trap, when nothing in the wasm
 * may be called any more and the trap is the error to report.
 */
export function withWasmObject<T extends { free(): void }, R>(object: T, body: (object: T) => R): R {
  let result: R;
  try {
    result = body(object);
  } catch (error) {
    if (!isTrap(error)) object.free();
    throw error;
  }
  object.free();
  return result;
}

/** Like `withWasmObject`, for asynchronous work. */
export async function withWasmObjectAsync<T extends { free(): void }, R>(
  object: T,
  body: (object: T) => Promise<R>,
): Promise<R> {
  let result: R;
  try {
    result = await body(object);
  } catch (error) {
    if (!isTrap(error)) object.free();
    throw error;
  }
  object.free();
  return result;
}

/**
 * Whether the wasm trapped or overflowed its stack: its memory may hold anything, so this instance must not
 * be used again.
 */
export function isTrap(thrown: unknown): boolean {
  // without WebAssembly there are no traps
  if (typeof WebAssembly === "object" && thrown instanceof WebAssembly.RuntimeError) return true;
  // Chromium and Safari throw a RangeError, Firefox an InternalError
  return thrown instanceof Error && /call stack|too much recursion/i.test(thrown.message);
}
