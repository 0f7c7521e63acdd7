/** The order in which the reader sees what waits. */

/** Where an element stands, in pixels from the upper left corner of the window. */
export interface Place {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
}

/** The one to be next: of those in the window the uppermost, else the one that the least scrolling brings there; the leftmost of a row. */
export function nextForReader<T>(waiting: readonly T[], placeOf: (each: T) => Place, windowHeight: number): T | undefined {
  const far = ({ top, bottom }: Place) => Math.max(0, -bottom, top - windowHeight);
  const placed = waiting.map((each) => ({ each, place: placeOf(each) }));
  const [first] = placed.sort(
    ({ place: a }, { place: b }) => far(a) - far(b) || a.top - b.top || a.left - b.left,
  );
  return first?.each;
}
