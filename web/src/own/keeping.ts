/** What this browser keeps, in words, and the way to be rid of it. */
import { say } from "../dom/message.js";
import { byId } from "../dom/page.js";
import { Confirmed } from "./confirmed.js";
import type { Session } from "./session.js";
import { soon } from "./soon.js";
import type { Loss } from "./store.js";
import { count, size } from "./words.js";

/** Why nothing is kept, or no more. */
export const losses: Readonly<Record<Loss, string>> = {
  none: "This browser keeps nothing for this page, as in a private window: the session lives only in this tab.",
  elsewhere: "Your pictures are open in another tab, which keeps them. What you do here lives only in this tab.",
  full: "This browser keeps no more: what comes from here on lives only in this tab.",
};

export function listenForClearing(session: Session, stop: () => void): void {
  const words = byId("kept", HTMLElement);
  const button = byId("clear", HTMLButtonElement);
  const amount = () => `${count(session.photos.size, "photo")}, ${size(session.bytes)}`;
  const show = () => {
    const empty = session.photos.size === 0 && session.model === undefined && session.classes.every(({ name }) => name === "");
    button.disabled = empty;
    const where = session.keeps ? "kept in this browser until you clear them" : "in this tab only";
    const promise = session.keeps ? "What you add is kept in this browser until you clear it." : "What you add lives only in this tab.";
    words.textContent = empty ? promise : `${amount()}, ${where}.`;
  };
  const refresh = soon(120, show);
  session.follow((what) => {
    if (what === "photos" || what === "classes" || what === "model") refresh();
  });
  show();
  new Confirmed(button, () => `Clear ${amount()}? Press again`, async () => {
    stop();
    await session.clear();
    show();
    say(session.keeps ? "Everything was cleared: this browser keeps nothing of it." : "Everything in this tab was cleared.");
  });
}
