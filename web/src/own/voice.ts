/**
 * Announcements for screen readers, made where they are heard: content outside an open dialog is silent. Also
 * error messages, which disappear with the next success of the same kind.
 */
import { announce as announceOutside, clearMessage, showMessage } from "../dom/message.js";
import { byId } from "../dom/page.js";

/** The subject of an error message. */
export type Matter = "photos" | "training" | "model" | "examining" | "masks" | "files" | "keeping";

/** Time without movement after which an interaction counts as finished. */
const REST_MS = 700;

const dialog = byId("viewer", HTMLDialogElement);
const inDialog = byId("viewer-said", HTMLElement);
const complaintInDialog = byId("viewer-complaint", HTMLElement);
const bar = byId("message-text", HTMLElement);
let complaint: { readonly about: Matter; readonly words: string } | undefined;
let pending: ReturnType<typeof setTimeout> | undefined;

// messages there do not concern the next photo
dialog.addEventListener("close", () => {
  clearTimeout(pending);
  inDialog.textContent = complaintInDialog.textContent = "";
});

/** Announces to screen readers what is visible to everybody else. */
export function announce(words: string): void {
  clearTimeout(pending);
  if (dialog.open) inDialog.textContent = words;
  else announceOutside(words);
}

/** The same during an interaction: announced when it is finished. */
export function announceDebounced(words: string): void {
  clearTimeout(pending);
  pending = setTimeout(() => announce(words), REST_MS);
}

/** Shows an error until the next success of the same kind. */
export function showError(about: Matter, words: string): void {
  complaint = { about, words };
  showMessage(words);
  if (dialog.open) complaintInDialog.textContent = words;
}

/** Records a success, which clears the error of the same kind. */
export function clearError(about: Matter): void {
  if (complaint?.about !== about) return;
  // another message may have replaced it
  if (bar.textContent === complaint.words) clearMessage();
  complaintInDialog.textContent = "";
  complaint = undefined;
}

/** Clears all errors except that on storage. */
export function clearErrors(keeps: boolean): void {
  if (complaint !== undefined && (keeps || complaint.about !== "keeping")) clearError(complaint.about);
}
