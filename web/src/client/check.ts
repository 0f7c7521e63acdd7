/**
 * Checks of arguments for callers without types. A value of the wrong kind is refused here: inside the wasm
 * it could trap, and that would cost every run in it.
 */
import { codes } from "../protocol.js";
import { CandlingError } from "./error.js";

/** Throws unless `ok`. `what` names the call and its argument, `allowed` the allowed values. */
export function check(ok: boolean, what: string, allowed: string, given: unknown): void {
  if (ok) return;
  throw new CandlingError({
    code: codes.badArgument,
    message: `${what} is ${allowed}; given ${nameOf(given)}`,
  });
}

/** Checks the options of `call` and their `signal`. */
export function checkOptions(call: string, options: unknown): void {
  check(
    typeof options === "object" && options !== null,
    `${call}: the argument for options`,
    "an object",
    options,
  );
  const { signal } = options as { readonly signal?: unknown };
  check(signal === undefined || signal instanceof AbortSignal, `${call}: signal`, "an AbortSignal", signal);
}

/** Checks the type of a target only; which indices and names exist is checked by the engine. */
export function checkTarget(call: string, target: unknown): void {
  const isQuery = (query: unknown) => typeof query === "number" || typeof query === "string";
  if (isQuery(target)) return;
  check(
    typeof target === "object" && target !== null,
    `${call}: target`,
    "an index, a label, or { class, over }",
    target,
  );
  const { class: chosen, over } = target as { readonly class?: unknown; readonly over?: unknown };
  check(isQuery(chosen), `${call}: target.class`, "an index or a label", chosen);
  check(over === undefined || isQuery(over), `${call}: target.over`, "an index or a label", over);
}

/** Checks a length in pixels; which lengths fit is checked by the engine. */
export function checkPixels(what: string, given: unknown): void {
  check(
    Number.isInteger(given) && Number(given) > 0 && Number(given) < 2 ** 31,
    what,
    "a whole number of pixels, 1 or more",
    given,
  );
}

/** Short description of a value for an error message. */
export function nameOf(given: unknown): string {
  if (typeof given === "function") return "a function";
  if (typeof given === "string") return JSON.stringify(given);
  if (typeof given !== "object" || given === null) return String(given);
  return given.constructor?.name || "an object";
}
