/** Access to values that cannot be missing: one that is missing is a defect of ours, not an answer. */

/** Returns an item of a list. Throws an `Error` if there is none. */
export function itemAt<T>(list: { readonly length: number; readonly [index: number]: T }, index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`defect: no item ${index} of ${list.length}`);
  return item;
}
