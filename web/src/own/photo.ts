/** Photos, their classes, and regions, as the page keeps them. */
import type { Sight } from "../bias/examine.js";
import type { Inside } from "../bias/inside.js";
import type { Mask } from "../bias/mask.js";
import { byCodePoint } from "./words.js";
import { itemAt } from "../platform/known.js";

/** Largest number of classes; more are better kept in folders, for `candling train`. */
export const MOST_CLASSES = 6;

export interface PhotoClass {
  readonly id: number;
  /** The name; empty until one is given. */
  name: string;
}

/** A named part of photos, such as "face". */
export interface Region {
  readonly id: number;
  name: string;
  /** Masks by class, for photos without one of their own; other classes have `everywhere`. */
  readonly byClass: Map<number, Mask>;
  everywhere?: Mask | undefined;
  /** Paths of masks that were found for it and belong to no photo. */
  unused?: readonly string[] | undefined;
}

/**
 * Why a photo has no mask for a region although there are masks: its own is empty, is unclear among several,
 * or was refused.
 */
export interface Unmarked {
  readonly kind: "nothing inside" | "several" | "refused";
  readonly why: string;
}

/** The place of a photo in the folder of its class. */
export interface Lying {
  /** Folders between that of its class and the photo; empty if there are none. */
  readonly group: string;
  readonly name: string;
}

export interface StoredPhoto extends Lying {
  /** SHA-256 of its bytes, which identifies the photo. */
  readonly digest: string;
  readonly blob: Blob;
  readonly classId: number;
  /**
   * Other places of the same bytes in its class; these are left out, and their masks count as masks of this
   * photo.
   */
  copies: readonly Lying[];
  /** Its features, the input of the classifier, once computed. */
  features?: Float32Array | undefined;
  /** Notes on defects in spite of which it was read. */
  notes?: readonly string[] | undefined;
  /** Why it cannot be read. */
  unreadable?: string | undefined;
  finding?: Sight | undefined;
  /** Its own masks, by the ids of their regions. */
  readonly masks: Map<number, Mask>;
  /** Why it has no mask for a region, by the id of the region. */
  readonly unmarked: Map<number, Unmarked>;
  /** The shares of evidence in each region that was measured. */
  readonly shares: Map<number, Inside>;
}

/** A photo file and the class for which it is added. */
export interface Wanted {
  readonly file: File;
  /** Folders between that of its class and the photo; empty if there are none. */
  readonly group: string;
  readonly of: PhotoClass;
}

/** The mask of a region in a photo. */
export function maskIn(photo: StoredPhoto, region: Region): Mask | undefined {
  return photo.masks.get(region.id) ?? region.byClass.get(photo.classId) ?? region.everywhere;
}

/** A photo's path in reports: its class, group and name, as far as it has them. */
export function pathIn(label: string, { group, name }: Lying): string {
  return [label, group, name].filter((part) => part !== "").join("/");
}

/** The notes on a photo, if it was read. */
export function notesOf({ notes, finding }: StoredPhoto): readonly string[] {
  return notes ?? finding?.notes ?? [];
}

/** The names of photos that were read with notes. */
export function namesOfNoted(photos: Iterable<StoredPhoto>): readonly string[] {
  return [...photos].filter((photo) => notesOf(photo).length > 0).map(({ name }) => name);
}

/** The photos in the order in which `candling train` lists files: folder by folder, by name. */
export function inOrder(photos: readonly StoredPhoto[]): readonly StoredPhoto[] {
  // no name contains a smaller character than this separator, so that folders are compared before their
  // contents
  const keyed = photos.map((photo) => ({
    photo,
    key: [...(photo.group === "" ? [] : photo.group.split("/")), photo.name].join("\0"),
  }));
  return keyed.sort((a, b) => byCodePoint(a.key, b.key)).map(({ photo }) => photo);
}

/** A random id, so that none is reused, not even that of a removed class or region. */
export function freshId(): number {
  return itemAt(crypto.getRandomValues(new Uint32Array(1)), 0);
}
