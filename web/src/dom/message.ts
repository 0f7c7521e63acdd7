/** The message bar of the page, which screen readers announce politely. */
import { byId } from "./page.js";

const box = byId("message", HTMLElement);
const text = byId("message-text", HTMLElement);
const action = byId("message-action", HTMLButtonElement);
const spoken = byId("announce", HTMLElement);
/** Time without movement after which an interaction counts as finished. */
const REST_MS = 700;
let pending: ReturnType<typeof setTimeout> | undefined;
/**
 * Whether the bar shows an offer, which stays until it is accepted, dismissed, or replaced; successes do not
 * clear it.
 */
let offered = false;

byId("message-close", HTMLButtonElement).addEventListener("click", () => {
  offered = false;
  clearMessage();
});

/**
 * Shows a message until the next success, or until it is dismissed. It is announced from a permanent element:
 * some screen readers skip elements that appear together with their text.
 */
export function showMessage(words: string): void {
  offered = false;
  box.hidden = false;
  action.hidden = true;
  text.textContent = words;
  announce(words);
}

/** Shows a message with a button. */
export function showOffer(words: string, name: string, accept: () => void): void {
  showMessage(words);
  offered = true;
  action.hidden = false;
  action.textContent = name;
  action.onclick = accept;
}

export function clearMessage(): void {
  if (offered) return;
  box.hidden = true;
  text.textContent = "";
}

/** Announces to screen readers what is visible to everybody else. */
export function announce(words: string): void {
  clearTimeout(pending);
  spoken.textContent = words;
}

/** The same during an interaction: announced when it is finished. */
export function announceDebounced(words: string): void {
  clearTimeout(pending);
  pending = setTimeout(() => announce(words), REST_MS);
}
