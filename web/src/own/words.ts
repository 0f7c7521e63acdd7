/** Lists, counts and durations in words. */
import { CandlingError } from "../candling.js";
import type { Mean } from "../trainer/messages.js";
import { percent } from "../words/numbers.js";

/** Number of names that are shown of a long list. */
const NAMED = 3;

/** A count with its noun: "1 photo", "5,000 photos". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en-GB")} ${amount === 1 ? one : many}`;
}

/** A list in short: "a.jpg, b.jpg, c.jpg and 9 more". */
export function some(names: readonly string[]): string {
  const rest = names.length - NAMED;
  const first = names.slice(0, NAMED).join(", ");
  return rest > 0 ? `${first} and ${rest.toLocaleString("en-GB")} more` : first;
}

/** A sentence on warnings, " 2 photos were read with a warning: …"; empty for no names. */
export function warned(names: readonly string[]): string {
  if (names.length === 0) return "";
  return ` ${count(names.length, "photo")} ${names.length === 1 ? "was" : "were"} read with a warning, which stands beside the opened photo: ${some(names)}.`;
}

/** A list of quoted names: "“bird”, “mammal” and “fish”". */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `“${name}”`);
  return [quoted.slice(0, -1).join(", "), ...quoted.slice(-1)].filter((part) => part !== "").join(" and ");
}

/** A duration: "about 40 s", "about 6 min". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** A size in bytes: "2.1 MB". */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function wasAborted(error: unknown): boolean {
  return (
    (error instanceof CandlingError && error.code === "aborted") ||
    (error instanceof DOMException && error.name === "AbortError")
  );
}

/**
 * A mean of shares with its interval: "92 % (75 to 100)", or "4.7 % (3.3 to 6.2)", all three to the same
 * digit; without an interval, with the number of photos.
 */
export function interval({ mean, interval: bounds, count: of }: Mean, many = ""): string {
  if (bounds === null) return `${percent(mean)} (of ${count(of, "photo")})`;
  const [low, high] = bounds;
  const isSmall = mean > 0 && mean < 0.1;
  const digits = isSmall || Math.round(100 * low) === Math.round(100 * high) ? 1 : 0;
  const rounded = (share: number) => (100 * share).toFixed(digits);
  return `${mean < 0.1 ? percent(mean) : `${rounded(mean)}\u00a0%`} (${rounded(low)} to ${rounded(high)})${many}`;
}

/** A part of a number, "9 of 9", without a line break. */
export function part(amount: number, of: number): string {
  return `${amount}\u00a0of\u00a0${of}`;
}

/** A share of right answers: "92 % (75 to 100)"; of too few for an interval: "3 of 4". */
export function rate(right: Mean): string {
  const { mean, interval: bounds, count: of } = right;
  return bounds === null ? part(Math.round(mean * of), of) : interval(right);
}

/**
 * Compares strings by code point, as the command sorts. `<` compares UTF-16, which places some rare
 * characters elsewhere.
 */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, at) => character !== right[at]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
