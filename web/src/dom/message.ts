/** The one place where the page speaks up; politely, for screen readers too. */
import { byId } from "./page.js";

const box = byId("message", HTMLElement);
const text = byId("message-text", HTMLElement);
const action = byId("message-action", HTMLButtonElement);
const spoken = byId("announce", HTMLElement);
/** A hand that did not move for so long rests. */
const REST_MS = 700;
let pending: ReturnType<typeof setTimeout> | undefined;
/** An offer stays until it is taken, dismissed, or something else has to be said; successes do not clear it. */
let offered = false;

byId("message-close", HTMLButtonElement).addEventListener("click", () => {
  offered = false;
  clear();
});

/** Shows a sentence until the next success, or until it is dismissed. It is read out from a place that is always there: what appears
 *  together with its words is passed over by some screen readers. */
export function say(words: string): void {
  offered = false;
  box.hidden = false;
  action.hidden = true;
  text.textContent = words;
  announce(words);
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
  clearTimeout(pending);
  spoken.textContent = words;
}

/** The same for what follows a hand: read out when it rests. */
export function announceAtRest(words: string): void {
  clearTimeout(pending);
  pending = setTimeout(() => announce(words), REST_MS);
}
