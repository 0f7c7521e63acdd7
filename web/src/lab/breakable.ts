import { make } from "../dom/make.js";

/** A file's name that breaks, where it is too long for its line, between its words: after a dash or an underline, and before its ending. */
export function breakable(name: string): readonly (Node | string)[] {
  const words = name.match(/\.?[^._-]+[_-]*|[._-]+/g) ?? [];
  return words.flatMap((word, at) => (at === 0 ? [word] : [make("wbr"), word]));
}
