/** Statistics of a list of times. */

/** The `share`-th quantile, interpolated. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export const median = (values) => quantile(values, 0.5);

export const summary = (values) => ({
  runs: values.length,
  median: median(values),
  min: Math.min(...values),
  p90: quantile(values, 0.9),
});
