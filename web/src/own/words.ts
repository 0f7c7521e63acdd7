/** Lists, counts and lengths of time as people read them. */
import { CandlingError } from "../candling.js";
import type { Mean } from "../trainer/messages.js";
import { percent } from "../words/numbers.js";

/** So many names are said of a long list. */
const NAMED = 3;

/** "1 photo", "5,000 photos". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en-GB")} ${amount === 1 ? one : many}`;
}

/** "a.jpg, b.jpg, c.jpg and 9 more". */
export function some(names: readonly string[]): string {
  const rest = names.length - NAMED;
  const first = names.slice(0, NAMED).join(", ");
  return rest > 0 ? `${first} and ${rest.toLocaleString("en-GB")} more` : first;
}

/** " 2 photos were read with a warning: …"; nothing of none. */
export function warned(names: readonly string[]): string {
  if (names.length === 0) return "";
  return ` ${count(names.length, "photo")} ${names.length === 1 ? "was" : "were"} read with a warning, which stands beside the opened photo: ${some(names)}.`;
}

/** "“bird”, “mammal” and “fish”". */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `“${name}”`);
  return [quoted.slice(0, -1).join(", "), ...quoted.slice(-1)].filter((part) => part !== "").join(" and ");
}

/** "about 40 s", "about 6 min". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** "2.1 MB". */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function wasAborted(error: unknown): boolean {
  return (
    (error instanceof CandlingError && error.code === "aborted") ||
    (error instanceof DOMException && error.name === "AbortError")
  );
}

/** A mean of shares: "92 % (75 to 100)", or "4.7 % (3.3 to 6.2)", all three to the same digit; where there is no interval, of how many
 *  photos it is. */
export function interval({ mean, interval: bounds, count: of }: Mean, many = ""): string {
  if (bounds === null) return `${percent(mean)} (of ${count(of, "photo")})`;
  const [low, high] = bounds;
  const isSmall = mean > 0 && mean < 0.1;
  const digits = isSmall || Math.round(100 * low) === Math.round(100 * high) ? 1 : 0;
  const rounded = (share: number) => (100 * share).toFixed(digits);
  return `${mean < 0.1 ? percent(mean) : `${rounded(mean)}\u00a0%`} (${rounded(low)} to ${rounded(high)})${many}`;
}

/** "9 of 9", on one line. */
export function part(amount: number, of: number): string {
  return `${amount}\u00a0of\u00a0${of}`;
}

/** How many are right: "92 % (75 to 100)"; of too few for an interval: "3 of 4". */
export function rate(right: Mean): string {
  const { mean, interval: bounds, count: of } = right;
  return bounds === null ? part(Math.round(mean * of), of) : interval(right);
}

/** In the order of their characters' numbers, as the command sorts: by UTF-16, as `<` does, some rare ones come elsewhere. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, at) => character !== right[at]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
