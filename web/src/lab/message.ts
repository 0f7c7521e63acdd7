/** The one place where the page speaks up; politely, for screen readers too. */
import { byId } from "./dom.js";

const box = byId("message", HTMLElement);
const text = byId("message-text", HTMLElement);
const spoken = byId("announce", HTMLElement);

byId("message-close", HTMLButtonElement).addEventListener("click", clear);

/** Shows a sentence until the next success, or until it is dismissed. */
export function say(words: string): void {
  box.hidden = false;
  text.textContent = words;
}

export function clear(): void {
  box.hidden = true;
  text.textContent = "";
}

/** Only for screen readers: what everybody else sees happen. */
export function announce(words: string): void {
  spoken.textContent = words;
}
