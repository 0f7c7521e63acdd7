import { make } from "../dom/make.js";

/**
 * Inserts line-break opportunities into a file's name: after a dash or an underscore, and before its
 * extension.
 */
export function withBreakOpportunities(name: string): readonly (Node | string)[] {
  const words = name.match(/\.?[^._-]+[_-]*|[._-]+/g) ?? [];
  return words.flatMap((word, at) => (at === 0 ? [word] : [make("wbr"), word]));
}
