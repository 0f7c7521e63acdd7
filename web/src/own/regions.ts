/** The list of regions: choosing, adding, renaming and removing them. */
import { byId, found, make, replaceItems } from "../dom/page.js";
import { Confirmed } from "./confirmed.js";
import type { Region } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { announce } from "./voice.js";
import { count } from "./words.js";

/** Largest number of regions; more would be hard to tell apart. */
const MOST = 8;

/** Shows a message on the regions until the next one. */
export function tellOfRegions(words: string): void {
  byId("regions-hint", HTMLElement).textContent = words;
}

export function listenForRegions(session: PhotoSession): void {
  const chips = byId("regions", HTMLElement);
  const name = byId("region-name", HTMLInputElement);
  const rename = byId("region-rename", HTMLButtonElement);
  const remove = byId("region-remove", HTMLButtonElement);
  /** The region that the field renames; undefined if the field is for a new one. */
  let renamed: Region | undefined;

  const lay = () => {
    const { regions, region } = session;
    replaceItems(
      chips,
      regions.map((one) => {
        const chip = make("button", { type: "button", ariaPressed: String(one === region) }, one.name);
        chip.dataset.class = String(one.id);
        chip.addEventListener("click", () => (session.region = one));
        return chip;
      }),
    );
    remove.disabled = regions.length < 2;
    tellOfRegions(regions.length < MOST ? "" : "Eight regions are as many as there can be.");
    if (renamed !== undefined && renamed !== region) ask(undefined);
  };
  /** Sets what the field is for. */
  const ask = (region: Region | undefined) => {
    renamed = region;
    name.value = region?.name ?? "";
    byId("region-name-label", HTMLElement).textContent =
      region === undefined ? "Name of another region" : `Another name for the region ${region.name}`;
    byId("region-submit", HTMLButtonElement).textContent = region === undefined ? "Add it" : "Rename it";
  };

  byId("region-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const wished = name.value.trim();
    if (wished === "") return name.focus();
    const known = session.regions.find(
      (region) => region !== renamed && region.name.toLowerCase() === wished.toLowerCase(),
    );
    if (renamed !== undefined) {
      if (known !== undefined) return tellOfRegions(`There is a region “${known.name}” already.`);
      session.marks.rename(renamed, wished);
      ask(undefined);
      announce(`The region is called ${wished} now.`);
      return rename.focus();
    }
    if (known === undefined && session.regions.length >= MOST)
      return tellOfRegions("Eight regions are as many as there can be: remove one first.");
    session.region = known ?? session.marks.add(wished);
    name.value = "";
    announce(`The region ${wished} is looked at. Open a photo to mark it.`);
  });
  rename.addEventListener("click", () => {
    ask(session.region);
    name.select();
  });
  name.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || renamed === undefined) return;
    ask(undefined);
    rename.focus();
  });
  new Confirmed(
    remove,
    () => {
      const marked = session.marks.marked(session.region);
      return marked === 0 ? undefined : `Remove “${session.region.name}” from ${count(marked, "photo")}?`;
    },
    () => {
      const { region } = session;
      session.marks.remove(region);
      announce(`The region ${region.name} was removed.`);
      if (remove.disabled) found(chips, "button", HTMLButtonElement).focus();
    },
  );
  session.follow((what) => {
    if (what === "regions") lay();
  });
  lay();
}
