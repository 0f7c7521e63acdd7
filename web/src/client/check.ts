/**
 * What callers without types may get wrong. A value of the wrong kind is told at the door: handed on, it could trap inside the
 * wasm, and that would cost every run in it.
 */
import { codes } from "../protocol.js";
import { CandlingError } from "./error.js";

/** Fails unless `ok`. `what` names the call and its argument, `allowed` what that may be. */
export function check(ok: boolean, what: string, allowed: string, given: unknown): void {
  if (ok) return;
  throw new CandlingError({
    code: codes.badArgument,
    message: `${what} is ${allowed}; given ${nameOf(given)}`,
  });
}

/** The options of `call`, and that their `signal` is one. */
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

/** The kinds only: which indices and names there are is the engine's to say. */
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

/** A length that the wasm can take; which fit is the engine's to say. */
export function checkPixels(what: string, given: unknown): void {
  check(
    Number.isInteger(given) && Number(given) > 0 && Number(given) < 2 ** 31,
    what,
    "a whole number of pixels, 1 or more",
    given,
  );
}

/** What was given, in a word or two. */
export function nameOf(given: unknown): string {
  if (typeof given === "function") return "a function";
  if (typeof given === "string") return JSON.stringify(given);
  if (typeof given !== "object" || given === null) return String(given);
  return given.constructor?.name || "an object";
}
