import { codes } from "../protocol.js";
import { CandlingError } from "./error.js";

/** SHA-256 of a file, in lowercase hexadecimal. */
export async function digestOf(file: Blob): Promise<string> {
  // typed as always present, but missing in pages over plain http
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new CandlingError({
      code: codes.unavailable,
      message: "digest: the browser computes none here; it needs a secure context, https or localhost",
    });
  }
  const bytes = new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
