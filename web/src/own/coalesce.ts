/** Coalescing of requests for the same work. */

/**
 * Returns a function that requests the work, which starts `wait` milliseconds later; requests until then are
 * one. Requested while it runs, it runs once more.
 */
export function coalesce(wait: number | (() => number), work: () => void | Promise<void>): () => void {
  let due = false;
  let working = false;
  const later = () => setTimeout(begin, typeof wait === "number" ? wait : wait());
  const ask = () => {
    if (due) return;
    due = true;
    if (!working) later();
  };
  const begin = async () => {
    due = false;
    working = true;
    try {
      await work();
    } finally {
      working = false;
      if (due) later();
    }
  };
  return ask;
}
