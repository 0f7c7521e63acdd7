/** Blobs as bytes, for browsers whose IndexedDB cannot store blobs: WebKit's private windows. */

interface Bytes {
  readonly bytes: ArrayBuffer;
  readonly type: string;
}

function isBytes(value: unknown): value is Bytes {
  return (
    typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof ArrayBuffer
  );
}

/** Replaces the blobs of a plain record by bytes; anything else stays as it is. */
export async function packed<T>(record: T): Promise<T> {
  return changed(record, async (value) =>
    value instanceof Blob ? { bytes: await value.arrayBuffer(), type: value.type } : value,
  );
}

/** Undoes `packed`. */
export async function unpacked<T>(record: T): Promise<T> {
  return changed(record, async (value) =>
    isBytes(value) ? new Blob([value.bytes], { type: value.type }) : value,
  );
}

async function changed<T>(record: T, change: (value: unknown) => Promise<unknown>): Promise<T> {
  if (typeof record !== "object" || record === null || Object.getPrototypeOf(record) !== Object.prototype)
    return record;
  const entries = Object.entries(record).map(async ([name, value]) => [name, await change(value)] as const);
  return Object.fromEntries(await Promise.all(entries)) as T;
}
