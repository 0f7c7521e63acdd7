/** What the page keeps of photos, their classes, and the regions that are looked at in them. */
import type { Sight } from "../bias/examine.js";
import type { Inside } from "../bias/inside.js";
import type { Mask } from "../bias/mask.js";
import { byCodePoint } from "./words.js";

/** At most so many classes: more than that are better kept in folders, for `candling train`. */
export const MOST_CLASSES = 6;

export interface PhotoClass {
  readonly id: number;
  /** Empty until it is given one. */
  name: string;
}

/** A part of a photo that has a name, such as "face". */
export interface Region {
  readonly id: number;
  name: string;
  /** Where it lies in photos that have none of their own, by class; in those of every other class it lies at `everywhere`. */
  readonly byClass: Map<number, Mask>;
  everywhere?: Mask | undefined;
  /** Paths of masks that were found for it and are no photo's. */
  unused?: readonly string[] | undefined;
}

/** Why a photo has no mask in a region, though there are masks: its own has nothing inside, is not known among several, or was refused. */
export interface Unmarked {
  readonly kind: "nothing inside" | "several" | "refused";
  readonly why: string;
}

/** Where a photo lies in the folder of its class. */
export interface Lying {
  /** Folders between that of its class and the photo; empty for none. */
  readonly group: string;
  readonly name: string;
}

export interface Photo extends Lying {
  /** SHA-256 of its bytes: what it is known by. */
  readonly digest: string;
  readonly blob: Blob;
  readonly classId: number;
  /** Where the same bytes lay in its class too; these are left out, and a mask of theirs is this one's. */
  copies: readonly Lying[];
  /** What the network's classifier sees of it; as soon as it was looked at. */
  features?: Float32Array | undefined;
  /** What it was read in spite of then. */
  notes?: readonly string[] | undefined;
  /** Why it cannot be looked at. */
  unreadable?: string | undefined;
  finding?: Sight | undefined;
  /** Its own regions, by their ids. */
  readonly masks: Map<number, Mask>;
  /** Why it has none of a region, by that one's id. */
  readonly unmarked: Map<number, Unmarked>;
  /** What lies in each region, as far as it was measured. */
  readonly shares: Map<number, Inside>;
}

/** A photo and the class that it is for. */
export interface Wanted {
  readonly file: File;
  /** Folders between that of its class and the photo; empty for none. */
  readonly group: string;
  readonly of: PhotoClass;
}

/** Where a region lies in a photo. */
export function maskIn(photo: Photo, region: Region): Mask | undefined {
  return photo.masks.get(region.id) ?? region.byClass.get(photo.classId) ?? region.everywhere;
}

/** A photo's path as reports call it: its class, its group and its name, as far as there are such. */
export function pathIn(label: string, { group, name }: Lying): string {
  return [label, group, name].filter((part) => part !== "").join("/");
}

/** What a photo was read in spite of, as far as it was looked at. */
export function notesOf({ notes, finding }: Photo): readonly string[] {
  return notes ?? finding?.notes ?? [];
}

/** Of those that were read in spite of something. */
export function namesOfNoted(photos: Iterable<Photo>): readonly string[] {
  return [...photos].filter((photo) => notesOf(photo).length > 0).map(({ name }) => name);
}

/** In the order in which `candling train` lists files: folder by folder, by name. */
export function inOrder(photos: readonly Photo[]): readonly Photo[] {
  // No name has a character that comes before this one: folders are told apart before their contents are.
  const keyed = photos.map((photo) => ({
    photo,
    key: [...(photo.group === "" ? [] : photo.group.split("/")), photo.name].join("\0"),
  }));
  return keyed.sort((a, b) => byCodePoint(a.key, b.key)).map(({ photo }) => photo);
}

/** One that no class or region had before, removed ones among them. */
export function freshId(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
