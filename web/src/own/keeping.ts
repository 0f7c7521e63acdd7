/** The data that this browser stores, in words, and the button to clear it. */
import { byId, found } from "../dom/page.js";
import { Confirmed } from "./confirmed.js";
import type { PhotoSession } from "./session.js";
import { coalesce } from "./coalesce.js";
import type { Loss } from "./store.js";
import { announce, clearErrors } from "./voice.js";
import { count, size } from "./words.js";

/** Reasons why nothing is stored, or nothing more. */
export const losses: Readonly<Record<Loss, string>> = {
  none: "This browser keeps nothing for this page, as in a private window: the session lives only in this tab.",
  elsewhere:
    "Your pictures are open in another tab, which keeps them. What you do here lives only in this tab.",
  full: "This browser keeps no more: what comes from here on lives only in this tab.",
};

/** A private window stores data like any other while it is open, and no page can tell that it is one. */
const PRIVATE = " (in a private window: until it is closed)";

export function listenForClearing(session: PhotoSession, forget: () => void): void {
  const words = byId("kept", HTMLElement);
  const button = byId("clear", HTMLButtonElement);
  const amount = () => `${count(session.photos.size, "photo")}, ${size(session.bytes)}`;
  let cleared = false;
  const show = () => {
    const empty = session.isEmpty;
    button.disabled = empty;
    cleared &&= empty;
    const where = session.keeps ? `kept in this browser until you clear them${PRIVATE}` : "in this tab only";
    const promise = session.keeps
      ? `What you add is kept in this browser until you clear it${PRIVATE}.`
      : "What you add lives only in this tab.";
    const gone = session.keeps
      ? "Everything was cleared: this browser keeps nothing of it."
      : "Everything in this tab was cleared.";
    words.textContent = cleared ? gone : empty ? promise : `${amount()}, ${where}.`;
  };
  const refresh = coalesce(120, show);
  session.follow((what) => {
    if (what === "photos" || what === "classes" || what === "model") refresh();
  });
  show();
  new Confirmed(
    button,
    () => `Clear ${amount()}? Press again`,
    async () => {
      const clearing = session.clear();
      forget();
      await clearing;
      cleared = true;
      show();
      clearErrors(session.keeps);
      announce(words.textContent ?? "");
      // the pressed button is disabled now: the focus moves to where a new session begins
      found(byId("cards", HTMLOListElement), "input", HTMLInputElement).focus();
    },
  );
}
