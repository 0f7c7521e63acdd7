/** The ways in: photos and folders, dropped, pasted or chosen, onto a class or anywhere on the page. */
import { byId } from "../dom/page.js";
import { sentence } from "../words/sentence.js";
import { addPhotos, type Wanted } from "./adding.js";
import type { Cards } from "./cards.js";
import { byFolder, chosen, dropped, inOneClass, type Listed, photosAmong, type Placed } from "./folders.js";
import { Job } from "./job.js";
import type { PhotoClass } from "./photo.js";
import type { Session } from "./session.js";
import { complain, settle } from "./voice.js";
import { count, listed } from "./words.js";

/** Said of photos that were dropped beside the classes. */
const HOMELESS =
  "Drop photos onto one of the classes, so that it is known what they show. Folders can be dropped anywhere: each becomes a class.";

export class Intake {
  readonly #session: Session;
  readonly #job = new Job("adding");
  /** One after the other: what is dropped while others are being added waits for its turn. */
  #queue = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
    const folders = byId("folders", HTMLInputElement);
    byId("choose-folders", HTMLButtonElement).addEventListener("click", () => folders.click());
    folders.addEventListener("change", () => {
      if (folders.files !== null && folders.files.length > 0) void this.takeFolders(chosen(folders.files));
      folders.value = "";
    });
  }

  /** Everything was cleared. */
  forget(): void {
    this.#job.blank();
  }

  /** Photos in folders, whose names are those of their classes. */
  takeFolders(files: readonly Listed[]): Promise<void> {
    return this.#take(Promise.resolve(files), undefined);
  }

  /** Files that were chosen for a class. */
  choose(of: PhotoClass, files: FileList): void {
    void this.#take(Promise.resolve(chosen(files)), of);
  }

  listenForDrops(cards: Cards): void {
    const mark = (event?: DragEvent) => {
      const over = event?.target instanceof Element ? event.target.closest(".card") : null;
      for (const card of document.querySelectorAll(".card")) card.classList.toggle("dropping", card === over);
      document.body.classList.toggle("dropping", event !== undefined && over === null);
    };
    document.addEventListener("dragover", (event) => {
      if (isForField(event)) return mark();
      event.preventDefault();
      mark(event);
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) mark();
    });
    document.addEventListener("drop", (event) => {
      mark();
      if (isForField(event)) return;
      event.preventDefault();
      const of = event.target instanceof Element ? cards.classAt(event.target) : undefined;
      if (event.dataTransfer !== null) void this.#take(dropped(event.dataTransfer), of);
    });
    document.addEventListener("paste", ({ clipboardData, target }) => {
      const of = target instanceof Element ? cards.classAt(target) : undefined;
      if (clipboardData !== null && clipboardData.files.length > 0) void this.#take(Promise.resolve(chosen(clipboardData.files)), of);
    });
  }

  #take(files: Promise<readonly Listed[]>, of: PhotoClass | undefined): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      try {
        const wanted = this.#wanted(await files, of);
        await this.#job.run((progress, signal) => addPhotos(this.#session, wanted.photos, progress, signal));
        settle("photos");
        if (wanted.words !== "") complain("photos", wanted.words);
      } catch (error) {
        complain("photos", error instanceof Refused ? error.message : `The files could not be read: ${sentence(error)}`);
      }
    });
    return this.#queue;
  }

  /** Which photo is for which class, and what there is to say of those that are for none. */
  #wanted(files: readonly Listed[], of: PhotoClass | undefined): { readonly photos: readonly Wanted[]; readonly words: string } {
    const { photos, others } = photosAmong(files);
    const words = others === 0 ? "" : `${count(others, "file")} left out: by ${others === 1 ? "its name it is no picture" : "their names they are no pictures"}.`;
    if (photos.length === 0) throw new Refused(words === "" ? "There were no photos in that." : `There were no photos in that: ${words}`);
    if (of !== undefined) {
      const folder = photos[0]?.folders[0];
      if (of.name === "" && folder !== undefined) this.#session.renameClass(of, folder);
      return { photos: inOneClass(photos).map((photo) => ({ photo, of })), words };
    }
    const { placed, beside } = byFolder(photos);
    if (placed.length === 0) throw new Refused(HOMELESS);
    const { photos: found, left } = this.#byClass(placed);
    const all = [words];
    if (beside > 0) all.push(`${count(beside, "photo")} beside the folders left out: ${beside === 1 ? "it is" : "they are"} of no class.`);
    if (left.length > 0) all.push(`There can be six classes at most: ${listed(left)} left out.`);
    return { photos: found, words: all.filter((part) => part !== "").join(" ") };
  }

  /** Classes are found by their names; one without a name and photos is taken before another is made. */
  #byClass(placed: readonly Placed[]): { readonly photos: readonly Wanted[]; readonly left: readonly string[] } {
    const classes = new Map<string, PhotoClass | undefined>();
    for (const { label } of placed) {
      if (classes.has(label)) continue;
      const known = this.#session.classes.find(({ name }) => name === label);
      const blank = this.#session.classes.find((one) => one.name === "" && this.#session.photosOf(one).length === 0);
      if (known === undefined && blank !== undefined) this.#session.renameClass(blank, label);
      classes.set(label, known ?? blank ?? this.#session.addClass(label));
    }
    const photos = placed.flatMap((photo) => {
      const of = classes.get(photo.label);
      return of === undefined ? [] : [{ photo, of }];
    });
    return { photos, left: [...classes].filter(([, of]) => of === undefined).map(([label]) => label) };
  }
}

/** Text that is dragged into a text field is the field's. */
function isForField({ dataTransfer, target }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") === false && target instanceof Element && target.closest("input, textarea") !== null;
}

/** Nothing of it can be taken; the message says why. */
class Refused extends Error {}
