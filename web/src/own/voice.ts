/** What the page says aloud, where it is heard: what lies outside of an open dialog is silent. And what it complains of, which goes with the next
 *  success of the same kind. */
import { announce as announceOutside, clear, say } from "../dom/message.js";
import { byId } from "../dom/page.js";

/** What a complaint is about. */
export type Matter = "photos" | "training" | "model" | "examining" | "masks" | "files" | "keeping";

/** A hand that did not move for so long rests. */
const REST_MS = 700;

const dialog = byId("viewer", HTMLDialogElement);
const inDialog = byId("viewer-said", HTMLElement);
const complaintInDialog = byId("viewer-complaint", HTMLElement);
const bar = byId("message-text", HTMLElement);
let complaint: { readonly about: Matter; readonly words: string } | undefined;
let pending: ReturnType<typeof setTimeout> | undefined;

// What was said there is of no photo that is opened later.
dialog.addEventListener("close", () => {
  clearTimeout(pending);
  inDialog.textContent = complaintInDialog.textContent = "";
});

/** Only for screen readers: what everybody else sees happen. */
export function announce(words: string): void {
  clearTimeout(pending);
  if (dialog.open) inDialog.textContent = words;
  else announceOutside(words);
}

/** The same for what follows a hand: read out when it rests. */
export function announceAtRest(words: string): void {
  clearTimeout(pending);
  pending = setTimeout(() => announce(words), REST_MS);
}

/** Shows what went wrong until that kind of thing goes well. */
export function complain(about: Matter, words: string): void {
  complaint = { about, words };
  say(words);
  if (dialog.open) complaintInDialog.textContent = words;
}

/** That kind of thing went well: what was said of it before is true no more. */
export function settle(about: Matter): void {
  if (complaint?.about !== about) return;
  // Something else may have taken its place.
  if (bar.textContent === complaint.words) clear();
  complaintInDialog.textContent = "";
  complaint = undefined;
}

/** There is nothing left to complain of, but for what this browser does not keep. */
export function settleAll(keeps: boolean): void {
  if (complaint !== undefined && (keeps || complaint.about !== "keeping")) settle(complaint.about);
}
