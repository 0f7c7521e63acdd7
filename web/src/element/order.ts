/** The order in which the reader sees what waits. */

/** Where an element stands, in pixels from the upper left corner of the window, and whether it is not folded away. */
export interface Place {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly seen: boolean;
}

/** The one to be next: of those in the window the uppermost, else the one that the least scrolling brings there; the leftmost of a row. What
 *  is folded away comes last. */
export function nextForReader<T>(
  waiting: readonly T[],
  placeOf: (each: T) => Place,
  windowHeight: number,
): T | undefined {
  const far = ({ top, bottom, seen }: Place) =>
    seen ? Math.max(0, -bottom, top - windowHeight) : Number.MAX_VALUE;
  const placed = waiting.map((each) => ({ each, place: placeOf(each) }));
  const [first] = placed.sort(
    ({ place: a }, { place: b }) => far(a) - far(b) || a.top - b.top || a.left - b.left,
  );
  return first?.each;
}
