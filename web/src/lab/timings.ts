/** Table of times in "See the machine". */
import { milliseconds } from "../words/numbers.js";
import { found } from "../dom/page.js";

export function time(stage: string, value: number | undefined): void {
  found(document, `[data-stage="${stage}"]`, HTMLElement).textContent =
    value === undefined ? "–" : milliseconds(value);
}
