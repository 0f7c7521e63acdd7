/** Errors of the element, in the form of the client's, which may not be loaded yet. */
import { codes } from "../protocol.js";

/**
 * The error of the event `error` and of `explain()`: `code` for programs (stable, kebab-case), `message` for
 * people.
 */
export interface CandlingViewFailure extends Error {
  readonly code: string;
}

export function failure(code: string, message: string): CandlingViewFailure {
  return Object.assign(new Error(message), { name: "CandlingError", code });
}

/** Converts any thrown value into an error with a code. */
export function asFailure(thrown: unknown): CandlingViewFailure {
  if (thrown instanceof Error) {
    // the `code` of a DOMException is a legacy number, not ours
    if ("code" in thrown && typeof thrown.code === "string") return thrown as CandlingViewFailure;
    return failure(codes.internal, thrown.message);
  }
  return failure(codes.internal, String(thrown));
}

export function abortedError(): CandlingViewFailure {
  return failure(codes.aborted, "the explanation was aborted");
}
