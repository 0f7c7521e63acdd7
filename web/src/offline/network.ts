/** Files of this version from the site, which may have moved on to another one meanwhile. */
import { digest } from "./digest.js";
import { digestOf, scope } from "./site.js";

/** A file as it came: its bytes, and the headers that say something of them. */
export interface File {
  readonly bytes: ArrayBuffer;
  readonly headers: Headers;
}

/** The site has other bytes under this name: handing them out would mix two versions. */
export class Outdated extends Error {}

/** Asks the site, not only the browser's own cache: that may hold the file of an earlier version. */
export function request(path: string, priority: RequestPriority = "auto"): Promise<Response> {
  return fetch(scope + path, { cache: "no-cache", credentials: "same-origin", priority });
}

/** As `request`; anything but the file of this version is an error. */
export async function fetchFile(path: string, priority?: RequestPriority): Promise<File> {
  const response = await request(path, priority);
  if (response.status === 404) throw new Outdated(`${path} is no longer there`);
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return verified(path, response);
}

/** The body, if it is what this version has under the path. `integrity` would check the same, but its error does not tell other
 *  bytes from a broken line. */
export async function verified(path: string, response: Response): Promise<File> {
  const bytes = await response.arrayBuffer();
  await verify(path, bytes);
  return { bytes, headers: headersOf(response) };
}

export async function verify(path: string, bytes: ArrayBuffer): Promise<void> {
  if ((await digest(bytes)) !== digestOf(path)) throw new Outdated(`${path} is of another version`);
}

/** All headers but those of the transfer: the body is unpacked by now, and is the same whatever was negotiated. Policies and
 *  cross-origin isolation stay as the host set them. */
export function headersOf(response: Response): Headers {
  const headers = new Headers(response.headers);
  if (headers.has("content-encoding")) headers.delete("content-length");
  for (const name of ["content-encoding", "transfer-encoding", "vary"]) headers.delete(name);
  return headers;
}
