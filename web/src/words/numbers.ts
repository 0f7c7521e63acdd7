/** Numbers in the form for readers. */

/** A number with three significant digits: 0.623, 12.4, 0.00123. */
export function number(value: number): string {
  return String(Number(value.toPrecision(3))).replace(/^-/, "−");
}

/** A percentage with non-breaking spaces; only an exact 0 is shown as 0. */
export function percent(probability: number): string {
  if (probability === 0) return "0\u00a0%";
  return probability < 0.001
    ? "<\u00a00.1\u00a0%"
    : `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}\u00a0%`;
}

/** Fractions in words, no closer together than the accuracy of a map of 7×7 cells. */
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

/** The nearest fraction in words, for a share, 0 to 1, that is not known to the per cent. */
export function fraction(share: number): string {
  const apart = ([named]: readonly [number, string]) => Math.abs(named - share);
  return FRACTIONS.reduce((nearest, next) => (apart(next) < apart(nearest) ? next : nearest))[1];
}

/** A correlation, with a minus sign as long as a plus. */
export function correlation(value: number): string {
  return value.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** The loaded part of a file: "3.1 of 12.9 MB"; the total may be unknown. */
export function fetched(loaded: number, total: number | undefined): string {
  return `${megabytes(loaded)}${total === undefined ? "" : ` of ${megabytes(total)}`} MB`;
}
