/** The result of adding photos, in words and for the report. */
import type { LeftOut } from "../trainer/messages.js";
import { pathIn, type StoredPhoto, type Wanted } from "./photo.js";
import { count, listed, some } from "./words.js";

export class Tally {
  added = 0;
  readonly #alike: string[] = [];
  readonly #contested: string[] = [];
  readonly #elsewhere: { readonly name: string; readonly has: string; readonly left: string }[] = [];
  readonly #unread: readonly Wanted[];
  /** Left out photos for the report; adding a photo again does not count as a copy. */
  readonly leftOut: LeftOut[] = [];

  constructor(unread: readonly Wanted[]) {
    this.#unread = unread;
    this.leftOut.push(
      ...unread.map((place) => ({ path: pathOf(place), code: "unreadable", why: "could not be read" })),
    );
  }

  /** Counts photos in several classes at once, in the words of `candling audit`. */
  contested(places: readonly Wanted[]): void {
    for (const place of places) {
      const path = pathOf(place);
      const others = places.filter(({ of }) => of !== place.of).map(pathOf);
      this.#contested.push(path);
      this.leftOut.push({
        path,
        code: "in-two-classes",
        why: `the same photo as ${some(others)}, in another class: which of these it shows is not known`,
      });
    }
  }

  /** Counts a copy; returns whether it is one, and not the same file again. */
  copy(place: Wanted, kept: StoredPhoto): boolean {
    this.#alike.push(place.file.name);
    if (place.file.name === kept.name && place.group === kept.group) return false;
    this.leftOut.push({
      path: pathOf(place),
      code: "copy",
      why: `the same photo as ${pathIn(place.of.name, kept)}`,
    });
    return true;
  }

  /** Counts a photo that is already in another class. */
  elsewhere(place: Wanted, has: string): void {
    this.#elsewhere.push({ name: place.file.name, has, left: place.of.name || "this class" });
    this.leftOut.push({
      path: pathOf(place),
      code: "other-class",
      why: `in ${has} already; a photo can be of one class`,
    });
  }

  /** The result in a few sentences, however many photos there were. */
  words(stopped: boolean, total: number): string {
    const sentences = [
      stopped
        ? `Stopped: ${count(this.added, "photo")} of ${total.toLocaleString("en-GB")} added; they stay.`
        : `${count(this.added, "photo")} added.`,
    ];
    if (this.#alike.length > 0)
      sentences.push(`${count(this.#alike.length, "duplicate")} left out: ${some(this.#alike)}.`);
    if (this.#contested.length > 0)
      sentences.push(
        `Left out, as the same photo is in several classes and it is not known which of these it shows: ${some(this.#contested)}.`,
      );
    const [first, ...others] = this.#elsewhere;
    if (first !== undefined && others.length === 0) {
      sentences.push(
        `${first.name} is in ${first.has} already; a photo can be of one class, so it was left out of ${first.left}.`,
      );
    } else if (first !== undefined) {
      const names = this.#elsewhere.map(({ name, has }) => `${name} in ${has}`);
      const left = listed([...new Set(this.#elsewhere.map((one) => one.left))]);
      const there = `${count(this.#elsewhere.length, "photo")} are in another class already (${some(names)})`;
      sentences.push(`${there}; a photo can be of one class, so they were left out of ${left}.`);
    }
    if (this.#unread.length > 0)
      sentences.push(
        `${count(this.#unread.length, "file")} could not be read from the disk: ${some(this.#unread.map(({ file }) => file.name))}.`,
      );
    return sentences.join(" ");
  }
}

function pathOf({ file, group, of }: Wanted): string {
  return pathIn(of.name, { group, name: file.name });
}
