/** The outcomes of the masks of photos, in the form that reports use. */
import type { Outcomes } from "../trainer/messages.js";
import { maskIn, pathIn, type StoredPhoto, type Region } from "./photo.js";
import type { PhotoSession } from "./session.js";

/**
 * The rule by which a photo's mask was read, followed by ` scaled` if the sizes differ; or why there is none;
 * or nothing if none was found.
 */
export function outcomeOf(photo: StoredPhoto, region: Region): string {
  const rule = maskIn(photo, region)?.source?.rule;
  if (rule === undefined) return photo.unmarked.get(region.id)?.kind ?? "";
  return photo.shares.get(region.id)?.scaled === true ? `${rule} scaled` : rule;
}

export function outcomesIn(session: PhotoSession, photos: readonly StoredPhoto[], region: Region): Outcomes {
  return {
    photos: photos.map((photo) => placeOf(session, photo)),
    outcomes: photos.map((photo) => outcomeOf(photo, region)),
    unused: region.unused ?? [],
  };
}

/** The path that a photo would have in a folder of classes. */
export function placeOf(session: PhotoSession, photo: StoredPhoto): string {
  return pathIn(session.classOf(photo)?.name ?? "", photo);
}

/** That path, and those of its copies. */
export function placesOf(session: PhotoSession, photo: StoredPhoto): readonly string[] {
  const label = session.classOf(photo)?.name ?? "";
  return [photo, ...photo.copies].map((lying) => pathIn(label, lying));
}

/**
 * The number of photos that were marked on this page, by hand or with the lesson's pictures: their masks are
 * not from files.
 */
export function markedHere(photos: readonly StoredPhoto[], region: Region): number {
  return photos.filter((photo) => {
    const mask = maskIn(photo, region);
    return mask !== undefined && mask.source === undefined;
  }).length;
}
