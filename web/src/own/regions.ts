/** The regions by name: which is looked at, and another one. */
import { announce } from "../dom/message.js";
import { byId, make, replaceItems } from "../dom/page.js";
import type { Session } from "./session.js";

/** More names would not be told apart. */
const MOST = 8;

export function listenForRegions(session: Session): void {
  const chips = byId("regions", HTMLElement);
  const name = byId("region-name", HTMLInputElement);
  const lay = () => {
    replaceItems(
      chips,
      session.regions.map((region) => {
        const chip = make("button", { type: "button", ariaPressed: String(region === session.region) }, region.name);
        chip.dataset.class = String(region.id);
        chip.addEventListener("click", () => (session.region = region));
        return chip;
      }),
    );
    name.disabled = session.regions.length >= MOST;
  };
  byId("region-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const wished = name.value.trim();
    if (wished === "") return name.focus();
    const known = session.regions.find((region) => region.name.toLowerCase() === wished.toLowerCase());
    session.region = known ?? session.addRegion(wished);
    name.value = "";
    announce(`The region ${wished} is looked at. Open a photo to mark it.`);
  });
  session.follow((what) => {
    if (what === "regions") lay();
  });
  lay();
}
