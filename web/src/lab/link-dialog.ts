/** Dialog for a picture by its link, so that nothing is fetched from elsewhere unless the visitor agrees. */
import { sentence } from "../words/sentence.js";
import { byId } from "../dom/page.js";
import { fetchPicture } from "./link.js";
import type { LabPhoto } from "./sources.js";

const dialog = byId("link-dialog", HTMLDialogElement);
const form = byId("link-form", HTMLFormElement);
const field = byId("link-address", HTMLInputElement);
const text = byId("link-text", HTMLElement);
const submit = byId("link-fetch", HTMLButtonElement);

byId("link-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());

/**
 * Opens the dialog, with an address in it if there is one already, and hands over the picture once it is
 * fetched; `onClose` is called before that, and if it is cancelled.
 */
export function askForLink(
  open: (picture: LabPhoto) => void,
  address = "",
  words = "",
  onClose = () => {},
): void {
  field.value = address;
  text.textContent = words;
  // another link was dropped or pasted meanwhile: the dialog now asks about that one
  if (dialog.open) return;
  submit.disabled = false;
  dialog.showModal();
  const closed = new AbortController();
  const { signal } = closed;
  dialog.addEventListener(
    "close",
    () => {
      closed.abort();
      onClose();
    },
    { once: true },
  );
  form.addEventListener(
    "submit",
    async (event) => {
      event.preventDefault();
      submit.disabled = true;
      text.textContent = "Fetching…";
      try {
        const link = field.value.trim();
        const { blob, name } = await fetchPicture(link, signal);
        if (signal.aborted) return;
        dialog.close();
        open({
          source: blob,
          title: name,
          credit: `Fetched from ${new URL(link).host || "the link itself"}.`,
          link,
        });
      } catch (error) {
        if (!signal.aborted) text.textContent = sentence(error);
      } finally {
        submit.disabled = false;
      }
    },
    { signal },
  );
}
