/** The one place where the page speaks up; politely, for screen readers too. */
import { byId } from "./dom.js";

const box = byId("message", HTMLElement);
const text = byId("message-text", HTMLElement);
const action = byId("message-action", HTMLButtonElement);
const spoken = byId("announce", HTMLElement);
/** An offer stays until it is taken or dismissed; successes do not clear it. */
let offered = false;

byId("message-close", HTMLButtonElement).addEventListener("click", () => {
  offered = false;
  clear();
});

/** Shows a sentence until the next success, or until it is dismissed. */
export function say(words: string): void {
  offered = false;
  box.hidden = false;
  action.hidden = true;
  text.textContent = words;
}

/** A sentence with something that can be done about it. */
export function offer(words: string, name: string, accept: () => void): void {
  say(words);
  offered = true;
  action.hidden = false;
  action.textContent = name;
  action.onclick = accept;
}

export function clear(): void {
  if (offered) return;
  box.hidden = true;
  text.textContent = "";
}

/** Only for screen readers: what everybody else sees happen. */
export function announce(words: string): void {
  spoken.textContent = words;
}
