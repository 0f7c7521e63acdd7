import type { Failure } from "../protocol.js";

/** The only error class of this package: `code` for programs (stable, kebab-case), `message` for people. */
export class CandlingError extends Error {
  override readonly name = "CandlingError";
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}
