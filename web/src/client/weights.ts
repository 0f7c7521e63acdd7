/** Which of a model's two files is fetched where the page leaves it open. */

/** `full`: the weights as they are. `small`: half the download, for answers that are nearly always the same. */
export type Weights = "full" | "small";

/** The addresses of a model's two files; relative ones count from the page. */
export type ModelFiles = Readonly<Record<Weights, string | URL>>;

/** What is read of `navigator.connection` (Network Information API), which not every browser has. */
export interface Connection {
  /** The visitor asked for less data. */
  readonly saveData?: boolean;
  /** As fast as `slow-2g`, `2g`, `3g` or `4g` usually is; measured, and independent of the wire. */
  readonly effectiveType?: string;
  /** The wire: `cellular`, `wifi`, ... */
  readonly type?: string;
}

const SLOW: readonly unknown[] = ["slow-2g", "2g", "3g"];

/** `small` on a slow connection and on one that is, or is likely to be, metered; `full` on others and where the browser does not
 *  say. */
export function weightsFor(connection: Connection | undefined = connectionHere()): Weights {
  const metered = connection?.saveData === true || connection?.type === "cellular";
  return metered || SLOW.includes(connection?.effectiveType) ? "small" : "full";
}

/**
 * Which of a model's two files is loaded: the one that was chosen, or else the one that suits the connection, unless only the other is kept for visits
 * without a network. That is taken where the wanted one cannot be fetched, and `full` also where nobody chose: it is better, and no download.
 */
export async function weightsHere(files: ModelFiles, chosen?: Weights): Promise<Weights> {
  const wanted = chosen ?? weightsFor();
  const other = wanted === "full" ? "small" : "full";
  if ((await isKept(files[wanted])) || !(await isKept(files[other]))) return wanted;
  return (chosen === undefined && other === "full") || !(await canBeFetched(files[wanted])) ? other : wanted;
}

/** Whether the page's service worker has it: under its address, whatever stands behind that as a query. */
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

/** Asks the server: no cache answers this. */
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
