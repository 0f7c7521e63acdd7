/** Download of the model, with progress. */
import { codes, type Progress } from "../protocol.js";
import { failure, reasonOf } from "./failure.js";

/** Reads the model from an address, or from a file. */
export async function download(
  model: string | Blob,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (model instanceof Blob) return new Uint8Array(await model.arrayBuffer());
  try {
    const response = await fetch(model);
    if (!response.ok)
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    if (response.body === null) throw new Error("the server sent nothing");
    return await collect(response.body, lengthOf(response), onProgress);
  } catch (cause) {
    throw failure(codes.modelUnreachable, `the model ${model} could not be loaded: ${reasonOf(cause)}`);
  }
}

/**
 * Bytes that this worker has loaded besides the model, whose size is known otherwise: browsers hide the size
 * of files of other origins. Compressed sizes, if the browser tells them.
 */
export function otherBytesLoaded(model: string | Blob): number {
  const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  return entries
    .filter(({ name }) => name !== model)
    .reduce((sum, { encodedBodySize, decodedBodySize }) => sum + (encodedBodySize || decodedBodySize), 0);
}

/**
 * Length of the body in bytes, if known. Under a content encoding the header counts compressed bytes and the
 * stream decompressed ones, so there is no valid total.
 */
function lengthOf(response: Response): number | undefined {
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  return response.headers.has("content-encoding") || !Number.isSafeInteger(length) ? undefined : length;
}

async function collect(
  body: ReadableStream<Uint8Array>,
  total: number | undefined,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  const report = () => onProgress(total === undefined ? { loaded } : { loaded, total });
  report();
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    loaded += part.value.byteLength;
    report();
  }
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
