/** Numbers as people read them. */

/** Three digits that matter: 0.623, 12.4, 0.00123. */
export function number(value: number): string {
  return String(Number(value.toPrecision(3))).replace(/^-/, "−");
}

/** With spaces that do not break. Nothing is nothing, not a little. */
export function percent(probability: number): string {
  if (probability === 0) return "0\u00a0%";
  return probability < 0.001
    ? "<\u00a00.1\u00a0%"
    : `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}\u00a0%`;
}

/** Fractions as they are said, no closer together than a map of 7×7 cells can tell. */
const FRACTIONS: readonly (readonly [share: number, words: string])[] = [
  [0, "hardly any"],
  [1 / 10, "about a tenth"],
  [1 / 5, "about a fifth"],
  [1 / 3, "about a third"],
  [1 / 2, "about half"],
  [2 / 3, "about two thirds"],
  [4 / 5, "about four fifths"],
  [9 / 10, "about nine tenths"],
  [1, "nearly all"],
];

/** A share, 0 to 1, in the words of the nearest fraction, for one that is not known to the per cent. */
export function fraction(share: number): string {
  const apart = ([named]: readonly [number, string]) => Math.abs(named - share);
  return FRACTIONS.reduce((nearest, next) => (apart(next) < apart(nearest) ? next : nearest))[1];
}

/** A correlation, with a minus as long as a plus. */
export function correlation(value: number): string {
  return value.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** How much of a file is there: "3.1 of 12.9 MB"; how much there is to come may be unknown. */
export function fetched(loaded: number, total: number | undefined): string {
  return `${megabytes(loaded)}${total === undefined ? "" : ` of ${megabytes(total)}`} MB`;
}
