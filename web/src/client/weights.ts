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

function connectionHere(): Connection | undefined {
  return (navigator as { readonly connection?: Connection }).connection;
}
