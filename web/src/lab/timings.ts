/** The table of times in "See the machine". */
import { found } from "./dom.js";
import { milliseconds } from "./words.js";

export function time(stage: string, value: number | undefined): void {
  found(document, `[data-stage="${stage}"]`, HTMLElement).textContent = value === undefined ? "–" : milliseconds(value);
}
