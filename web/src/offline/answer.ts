/**
 * Responses to a page that asks for a file of the site: the file of this version, or an error; never that of
 * another version.
 */
import { headersOf, Outdated, request, verified, verify } from "./network.js";
import { put, take } from "./store.js";

declare const self: ServiceWorkerGlobalScope;

/** Files of which the site is known to have newer bytes. */
const outdated = new Set<string>();

/** Answers a request; `extend` keeps the worker alive until the file is stored. */
export async function answer(path: string, extend: (work: Promise<unknown>) => void): Promise<Response> {
  const kept = await take(path);
  if (kept !== undefined) return kept;
  if (outdated.has(path)) return gone();
  try {
    const response = await request(path);
    if (response.status === 404) throw new Outdated(path);
    if (!response.ok) return response;
    if (path.endsWith(".safetensors") && response.body !== null)
      return streamed(path, response, response.body, extend);
    const file = await verified(path, response);
    extend(put(path, file));
    return new Response(file.bytes, { headers: file.headers });
  } catch (error) {
    if (!(error instanceof Outdated)) return Response.error();
    moveOn(path);
    return gone();
  }
}

/**
 * Streams a model, so that the page can count its megabytes; it is verified before the stream ends, without
 * which no reader accepts it.
 */
function streamed(
  path: string,
  response: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  extend: (work: Promise<unknown>) => void,
): Response {
  const headers = headersOf(response);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const check = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(part, out) {
      parts.push(part);
      out.enqueue(part);
    },
    async flush() {
      const bytes = await new Blob(parts).arrayBuffer();
      try {
        await verify(path, bytes);
      } catch (error) {
        moveOn(path);
        throw error;
      }
      await put(path, { bytes, headers });
    },
  });
  // a download that the page aborted is not a failure of this worker
  extend(body.pipeTo(check.writable).catch(() => {}));
  return new Response(check.readable, { headers });
}

/** Starts the update to a newer version now rather than at the next visit. */
function moveOn(path: string): void {
  outdated.add(path);
  self.registration.update().catch(() => {}); // tried again by the browser
}

function gone(): Response {
  const statusText = "the site has a newer version of this file; close its tabs and open it again";
  return new Response(null, { status: 410, statusText });
}
