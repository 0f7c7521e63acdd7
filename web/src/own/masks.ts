/** Regions out of a folder of masks, as `candling audit --masks` reads it: for `CLASS/GROUP/photo.jpg` the picture `CLASS/GROUP/photo.png`. */
import { maskOf } from "../bias/mask.js";
import { say } from "../dom/message.js";
import { byId } from "../dom/page.js";
import { shrunk } from "./area.js";
import { chosen, type Listed } from "./folders.js";
import type { Photo } from "./photo.js";
import type { Session } from "./session.js";
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
      say(await mark(session, listed));
    } finally {
      button.disabled = false;
    }
  });
}

/** Marks the region that is looked at in every photo that has a mask. Returns what there is to say. */
async function mark(session: Session, listed: readonly Listed[]): Promise<string> {
  const { region } = session;
  const photos = new Map([...session.photos.values()].map((photo) => [placeOf(session, photo), photo]));
  const unread: string[] = [];
  let marked = 0;
  for (const { file, folders } of listed) {
    // The folder of all classes has a name of its own.
    const photo = photos.get(stem([...folders.slice(1), file.name].join("/")));
    if (photo === undefined) continue;
    try {
      session.mark(photo, region, shrunk(await maskOf(file)));
      marked += 1;
    } catch {
      unread.push(file.name);
    }
  }
  const damaged = unread.length === 0 ? "" : ` ${count(unread.length, "mask")} could not be read: ${some(unread)}.`;
  if (marked === 0 && unread.length === 0) return "No mask in that folder has the path of a photo here: for CLASS/GROUP/photo.jpg it is CLASS/GROUP/photo.png.";
  return `“${region.name}” marked in ${count(marked, "photo")} of ${session.photos.size.toLocaleString("en-GB")}.${damaged}`;
}

function placeOf(session: Session, photo: Photo): string {
  return stem([session.classOf(photo)?.name ?? "", photo.group, photo.name].filter((part) => part !== "").join("/"));
}

/** Without the ending. */
function stem(path: string): string {
  return path.replace(/\.[^./]*$/, "");
}
