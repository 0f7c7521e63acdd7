/** Work that many changes ask for, and that is done once for all of them. */

/** Returns what asks for the work: it begins so many milliseconds later, and whatever is asked until then is one. Asked while it goes on, it is
 *  done once more. */
export function soon(wait: number | (() => number), work: () => void | Promise<void>): () => void {
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
