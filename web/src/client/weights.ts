/** Choice between a model's two files, if the page leaves it open. */

/** `full`: the original weights. `small`: half the download, with nearly always the same answers. */
export type Weights = "full" | "small";

/** The addresses of a model's two files; relative ones count from the page. */
export type ModelFiles = Readonly<Record<Weights, string | URL>>;

/** The used part of `navigator.connection` (Network Information API), which not every browser has. */
export interface Connection {
  /** The visitor asked for less data. */
  readonly saveData?: boolean;
  /** Effective speed, like a typical `slow-2g`, `2g`, `3g` or `4g`; measured, and independent of `type`. */
  readonly effectiveType?: string;
  /** Kind of connection: `cellular`, `wifi`, ... */
  readonly type?: string;
}

const SLOW: readonly unknown[] = ["slow-2g", "2g", "3g"];

/**
 * `small` on a slow connection and on one that is, or is likely to be, metered; otherwise `full`, also if the
 * browser does not say.
 */
export function weightsFor(connection: Connection | undefined = connectionHere()): Weights {
  const metered = connection?.saveData === true || connection?.type === "cellular";
  return metered || SLOW.includes(connection?.effectiveType) ? "small" : "full";
}

/**
 * Chooses one of a model's two files: the one that was chosen, else the one that suits the connection, unless
 * only the other is stored for offline visits. The other is used if the wanted one cannot be fetched; a
 * stored `full` is also used if nobody chose, as it is better and needs no download.
 */
export async function weightsHere(files: ModelFiles, chosen?: Weights): Promise<Weights> {
  const wanted = chosen ?? weightsFor();
  const other = wanted === "full" ? "small" : "full";
  if ((await isKept(files[wanted])) || !(await isKept(files[other]))) return wanted;
  return (chosen === undefined && other === "full") || !(await canBeFetched(files[wanted])) ? other : wanted;
}

/** Whether the page's service worker has stored the file, whatever the query in its address. */
async function isKept(file: string | URL): Promise<boolean> {
  try {
    return (
      navigator.serviceWorker.controller !== null &&
      (await caches.match(file, { ignoreSearch: true })) !== undefined
    );
  } catch {
    return false; // there are no service workers or caches here, or none are allowed
  }
}

/** Whether the server has the file, bypassing all caches. */
async function canBeFetched(file: string | URL): Promise<boolean> {
  try {
    return (await fetch(file, { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function connectionHere(): Connection | undefined {
  return (navigator as { readonly connection?: Connection }).connection;
}
