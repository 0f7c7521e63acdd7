/** Fetching files of this version from the site, which may have a newer version by now. */
import { digest } from "./digest.js";
import { digestOf, scope } from "./site.js";

/** A fetched file: its bytes and relevant headers. */
export interface File {
  readonly bytes: ArrayBuffer;
  readonly headers: Headers;
}

/** The site has other bytes under this name; serving them would mix two versions. */
export class Outdated extends Error {}

/**
 * Requests a file from the site and not only from the browser's HTTP cache, which may have that of an earlier
 * version.
 */
export function request(path: string, priority: RequestPriority = "auto"): Promise<Response> {
  return fetch(scope + path, { cache: "no-cache", credentials: "same-origin", priority });
}

/** Like `request`, but fails for anything but the file of this version. */
export async function fetchFile(path: string, priority?: RequestPriority): Promise<File> {
  const response = await request(path, priority);
  if (response.status === 404) throw new Outdated(`${path} is no longer there`);
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return verified(path, response);
}

/**
 * Returns the body if it is the file of this version. `integrity` would check the same, but its error does
 * not distinguish other bytes from a broken connection.
 */
export async function verified(path: string, response: Response): Promise<File> {
  const bytes = await response.arrayBuffer();
  await verify(path, bytes);
  return { bytes, headers: headersOf(response) };
}

export async function verify(path: string, bytes: ArrayBuffer): Promise<void> {
  if ((await digest(bytes)) !== digestOf(path)) throw new Outdated(`${path} is of another version`);
}

/**
 * All headers except those of the transfer: the body is decompressed by now, and the same whatever was
 * negotiated. Policies and cross-origin isolation stay as the host set them.
 */
export function headersOf(response: Response): Headers {
  const headers = new Headers(response.headers);
  if (headers.has("content-encoding")) headers.delete("content-length");
  for (const name of ["content-encoding", "transfer-encoding", "vary"]) headers.delete(name);
  return headers;
}
