/** Numbers as people read them. */

/** Three digits that matter: 0.623, 12.4, 0.00123. */
export function number(value: number): string {
  return String(Number(value.toPrecision(3))).replace(/^-/, "−");
}

/** With a space that does not break. Nothing is nothing, not a little. */
export function percent(probability: number): string {
  if (probability === 0) return "0\u00a0%";
  return probability < 0.001 ? "< 0.1\u00a0%" : `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}\u00a0%`;
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
