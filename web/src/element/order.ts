/** The order in which waiting elements are served. */

/** Position of an element, in pixels from the upper left corner of the window, and whether it is visible. */
export interface ReadingPosition {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly seen: boolean;
}

/**
 * The element to serve next: the uppermost in the window, else the one that the least scrolling brings there;
 * the leftmost of a row. Hidden elements come last.
 */
export function nextForReader<T>(
  waiting: readonly T[],
  positionOf: (each: T) => ReadingPosition,
  windowHeight: number,
): T | undefined {
  const far = ({ top, bottom, seen }: ReadingPosition) =>
    seen ? Math.max(0, -bottom, top - windowHeight) : Number.MAX_VALUE;
  const placed = waiting.map((each) => ({ each, place: positionOf(each) }));
  const [first] = placed.sort(
    ({ place: a }, { place: b }) => far(a) - far(b) || a.top - b.top || a.left - b.left,
  );
  return first?.each;
}
