/** Contents of folders: the first bytes of files are read here and interpreted by the wasm module. */
import type { Folder, Pairs, SortedFolder, TrainerAsk } from "./messages.js";

type Wasm = typeof import("../candling_head.js");

/** Number of files that are read in parallel. */
const AT_ONCE = 16;

/**
 * Formats that only some browsers read, by their names in reasons; and the number of files of each that are
 * tried.
 */
const SOME_BROWSERS = ["avif", "heic", "ico", "jpeg xl"];
const TRIES = 3;

export async function sorted(wasm: Wasm, folder: Folder): Promise<SortedFolder> {
  const heads = await headsOf(wasm, folder);
  const first = sortedOf(wasm, folder, heads, []);
  const also = await readable(folder, first);
  return also.length === 0 ? first : sortedOf(wasm, folder, heads, also);
}

export async function pairs(wasm: Wasm, folder: TrainerAsk<"pairs">): Promise<Pairs> {
  const listing = listed(wasm, folder, await headsOf(wasm, folder), []);
  try {
    return JSON.parse(
      listing.pairs(
        folder.photos.map((paths) => paths.join("\0")),
        folder.beside,
        folder.folder,
      ),
    ) as Pairs;
  } finally {
    listing.free();
  }
}

interface Heads {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly failed: readonly string[];
}

/** Reads the first bytes of files, except those that are left out by name. */
async function headsOf(wasm: Wasm, { files }: Folder): Promise<Heads> {
  const heads: Uint8Array[] = files.map(() => new Uint8Array());
  const failed: string[] = files.map(() => "");
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < files.length; at = next++) {
      const { path = "", file } = files[at] ?? {};
      if (file === undefined || path.split("/").some((name) => wasm.isPassedOver(name))) continue;
      try {
        heads[at] = new Uint8Array(await file.slice(0, wasm.headBytes()).arrayBuffer());
      } catch (error) {
        failed[at] = error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const bytes = new Uint8Array(heads.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  const ends = heads.map((head) => {
    bytes.set(head, end);
    return (end += head.length);
  });
  return { bytes, ends: Uint32Array.from(ends), failed };
}

function listed(
  wasm: Wasm,
  { files, folders }: Folder,
  { bytes, ends, failed }: Heads,
  also: readonly string[],
) {
  return new wasm.Listing(
    files.map(({ path }) => path),
    folders,
    bytes,
    ends,
    failed,
    also,
  );
}

function sortedOf(wasm: Wasm, folder: Folder, heads: Heads, also: readonly string[]): SortedFolder {
  const listing = listed(wasm, folder, heads, also);
  try {
    return JSON.parse(listing.sorted(folder.oneClass)) as SortedFolder;
  } finally {
    listing.free();
  }
}

/**
 * Finds the formats of which this browser can read a file of the folder; no list could know what the next
 * version will read.
 */
async function readable({ files }: Folder, { leftOut }: SortedFolder): Promise<readonly string[]> {
  const unread = leftOut.filter(({ code }) => code === "format-not-read");
  const isRead = async (format: string) => {
    const paths = unread
      .filter(({ why }) => why.startsWith(`a picture in ${format},`))
      .map(({ path }) => path);
    for (const path of paths.slice(0, TRIES)) {
      const file = files.find((one) => one.path === path)?.file;
      const bitmap = file === undefined ? undefined : await createImageBitmap(file).catch(() => undefined);
      bitmap?.close();
      if (bitmap !== undefined) return true;
    }
    return false;
  };
  const found = await Promise.all(
    SOME_BROWSERS.map(async (format) => ((await isRead(format)) ? [format] : [])),
  );
  return found.flat();
}
