/** Errors on the worker's side, and their way onto the wire. */
import { codes, type Failure } from "../protocol.js";

/** An error that is already fit for the wire. */
export function failure(code: string, message: string): Error & Failure {
  return Object.assign(new Error(message), { code });
}

/** The text of whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** `runs` were not freed: what is short of memory may be short of it because of them. */
export function toFailure(thrown: unknown, runs = 0): Failure {
  if (isTrap(thrown)) {
    const freed = runs > 1 ? `, or free() those of the ${runs} runs that are done with` : "";
    return {
      code: codes.engineCrashed,
      message: `the engine crashed (${reasonOf(thrown)}) and is restarted; if it happens again, try a smaller picture${freed}`,
    };
  }
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  // A DOMException's `code` is a number from another age: not ours.
  return { code: typeof code === "string" ? code : codes.internal, message: reasonOf(thrown) };
}

/** Frees an object of the wasm after `body`, also if that failed; but not after a trap, when nothing there may be called any
 *  more and the trap is the error to tell. */
export function using<T extends { free(): void }, R>(object: T, body: (object: T) => R): R {
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

/** As `using`, for work that waits. */
export async function usingLater<T extends { free(): void }, R>(
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

/** After a trap, or a stack that ran out inside the wasm, its memory may hold anything: this instance is done for. */
export function isTrap(thrown: unknown): boolean {
  // Where there is no WebAssembly, there are no traps to tell from other errors.
  if (typeof WebAssembly === "object" && thrown instanceof WebAssembly.RuntimeError) return true;
  // Chromium and Safari throw a RangeError, Firefox an InternalError.
  return thrown instanceof Error && /call stack|too much recursion/i.test(thrown.message);
}
