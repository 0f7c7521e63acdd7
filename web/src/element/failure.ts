/** The element's own errors. They look like the client's, which may not be there yet. */
import { codes } from "../protocol.js";

/** What the event `error` tells, and `explain()` fails with: `code` for programs (stable, kebab-case), `message` for people. */
export interface CandlingViewFailure extends Error {
  readonly code: string;
}

export function failure(code: string, message: string): CandlingViewFailure {
  return Object.assign(new Error(message), { name: "CandlingError", code });
}

/** Whatever was thrown, with a code. */
export function asFailure(thrown: unknown): CandlingViewFailure {
  if (thrown instanceof Error) {
    // A DOMException's `code` is a number from another age: not ours.
    if ("code" in thrown && typeof thrown.code === "string") return thrown as CandlingViewFailure;
    return failure(codes.internal, thrown.message);
  }
  return failure(codes.internal, String(thrown));
}

export function aborted(): CandlingViewFailure {
  return failure(codes.aborted, "the explanation was aborted");
}
