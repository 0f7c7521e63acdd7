/** The one request to another host: exactly the given address, without cookies or referrer. */
import { type DoorAnswer, MOST_BYTES } from "./messages.js";

/** Media types with which hosts send pictures of unknown type; the decoder decides. */
const UNKNOWN: readonly string[] = ["", "application/octet-stream", "binary/octet-stream"];

export async function fetchPicture(address: string): Promise<DoorAnswer> {
  try {
    const response = await fetch(address, {
      mode: "cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (!response.ok) return { kind: "refused", status: response.status };
    const type = (response.headers.get("content-type") ?? "").replace(/;.*/, "").trim().toLowerCase();
    if (!type.startsWith("image/") && !UNKNOWN.includes(type)) return { kind: "no-picture", type };
    if (Number(response.headers.get("content-length")) > MOST_BYTES) return { kind: "too-large" };
    const parts = await collect(response.body);
    return parts === undefined ? { kind: "too-large" } : { kind: "picture", blob: new Blob(parts, { type }) };
  } catch {
    return { kind: "unreadable" };
  }
}

/** Reads the body; undefined as soon as it is too large, whatever its header claimed. */
async function collect(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  if (body === null) return parts;
  let bytes = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength;
    if (bytes > MOST_BYTES) {
      await reader.cancel();
      return undefined;
    }
    parts.push(part.value);
  }
  return parts;
}
