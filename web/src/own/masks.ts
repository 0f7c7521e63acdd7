/** Regions out of a folder of masks, as `candling audit --masks` reads it: for `CLASS/GROUP/photo.jpg` the picture `CLASS/GROUP/photo.png`. */
import { maskOf } from "../bias/mask.js";
import { byId } from "../dom/page.js";
import { isMarked, shrunk } from "./area.js";
import { chosen, type Listed } from "./folders.js";
import type { Photo } from "./photo.js";
import { tellOfRegions } from "./regions.js";
import type { Session } from "./session.js";
import { announce, complain, settle } from "./voice.js";
import { count, some } from "./words.js";

export function listenForMasks(session: Session): void {
  const chooser = byId("masks-file", HTMLInputElement);
  const button = byId("masks", HTMLButtonElement);
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    const listed = chosen(chooser.files ?? new DataTransfer().files);
    chooser.value = "";
    if (listed.length === 0) return;
    button.disabled = true;
    try {
      await mark(session, listed);
    } finally {
      button.disabled = false;
    }
  });
}

/** Marks the region that is looked at in every photo that has a mask, and says what came of it. */
async function mark(session: Session, listed: readonly Listed[]): Promise<void> {
  const { region } = session;
  const photos = new Map([...session.photos.values()].map((photo) => [placeOf(session, photo), photo]));
  const unread: string[] = [];
  let marked = 0;
  let empty = 0;
  for (const { file, folders } of listed) {
    // The folder of all classes has a name of its own.
    const photo = photos.get(stem([...folders.slice(1), file.name].join("/")));
    if (photo === undefined) continue;
    try {
      const mask = shrunk(await maskOf(file));
      session.marks.mark(photo, region, mask);
      if (isMarked(mask)) marked += 1;
      else empty += 1;
    } catch {
      unread.push(file.name);
    }
  }
  if (marked === 0 && empty === 0 && unread.length === 0) return complain("masks", "No mask in that folder has the path of a photo here: for CLASS/GROUP/photo.jpg it is CLASS/GROUP/photo.png.");
  settle("masks");
  const blank = empty === 0 ? "" : ` ${count(empty, "mask")} ${empty === 1 ? "has" : "have"} nothing white: there is nothing marked.`;
  const words = `“${region.name}” marked in ${count(marked, "photo")} of ${session.photos.size.toLocaleString("en-GB")}.${blank}`;
  tellOfRegions(words);
  if (unread.length > 0) complain("masks", `${count(unread.length, "mask")} could not be read: ${some(unread)}.`);
  else announce(words);
}

function placeOf(session: Session, photo: Photo): string {
  return stem([session.classOf(photo)?.name ?? "", photo.group, photo.name].filter((part) => part !== "").join("/"));
}

/** Without the ending. */
function stem(path: string): string {
  return path.replace(/\.[^./]*$/, "");
}
