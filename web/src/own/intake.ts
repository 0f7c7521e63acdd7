/** Input of photos and folders: dropped, pasted or chosen, onto a class or anywhere on the page. */
import { byId } from "../dom/page.js";
import { sentence } from "../words/sentence.js";
import type { Folder, SortedFolder } from "../trainer/messages.js";
import { addPhotos } from "./adding.js";
import type { Cards } from "./cards.js";
import { asClasses, chosen, dropped, type Given, inOneClass, type Listed } from "./folders.js";
import { Job } from "./job.js";
import type { Network } from "./network.js";
import { pathIn, type PhotoClass, type Wanted } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { showError, clearError } from "./voice.js";
import { listed } from "./words.js";

/** Message for photos that were dropped beside the classes. */
const HOMELESS =
  "Drop photos onto one of the classes, so that it is known what they show. Folders can be dropped anywhere: each becomes a class.";

/** Reason in reports for photos in folders that exceed the number of classes. */
const BEYOND = "in a class beyond the six that there can be here";

/** A photo in a folder that is a class. */
interface Placed {
  readonly file: File;
  readonly label: string;
  readonly group: string;
}

/** Photos that can be added, and a message on the rest. */
interface Taken {
  readonly photos: readonly Wanted[];
  readonly words: string;
}

export class Intake {
  readonly #session: PhotoSession;
  readonly #network: Network;
  readonly #job = new Job("adding");
  /** A queue: what is dropped while others are being added waits for its turn. */
  #queue = Promise.resolve();
  /** The classes that the current error message is about: it goes with the last of them. */
  #blamed: readonly PhotoClass[] = [];

  constructor(session: PhotoSession, network: Network) {
    this.#session = session;
    this.#network = network;
    session.follow((what) => {
      if (what === "classes" && this.#isMoot) clearError("photos");
    });
    const folders = byId("folders", HTMLInputElement);
    byId("choose-folders", HTMLButtonElement).addEventListener("click", () => folders.click());
    folders.addEventListener("change", () => {
      if (folders.files !== null && folders.files.length > 0)
        void this.takeFolders(chosen(folders.files).files);
      folders.value = "";
    });
  }

  /** Resets after everything was cleared. */
  forget(): void {
    this.#job.blank();
  }

  /** Takes photos in folders named by their classes. */
  takeFolders(files: readonly Listed[]): Promise<void> {
    return this.#take(Promise.resolve({ files, folders: [] }), undefined);
  }

  /** Takes files that were chosen for a class. */
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
      if (clipboardData !== null && clipboardData.files.length > 0)
        void this.#take(Promise.resolve(chosen(clipboardData.files)), of);
    });
  }

  #take(given: Promise<Given>, of: PhotoClass | undefined): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      try {
        const wanted = await (of === undefined ? this.#inClasses(await given) : this.#inOne(await given, of));
        await this.#job.run((progress, signal) => addPhotos(this.#session, wanted.photos, progress, signal));
        clearError("photos");
        if (wanted.words !== "")
          this.#showError(wanted.words, of === undefined ? wanted.photos.map((photo) => photo.of) : [of]);
      } catch (error) {
        const words =
          error instanceof Refused ? error.message : `The photos could not be added. ${sentence(error)}`;
        this.#showError(words, of === undefined ? [] : [of]);
      }
    });
    return this.#queue;
  }

  #showError(words: string, blamed: readonly PhotoClass[]): void {
    this.#blamed = blamed;
    if (!this.#isMoot) showError("photos", words);
  }

  /** Whether the classes that the error message is about are gone, as after clearing. */
  get #isMoot(): boolean {
    return this.#blamed.length > 0 && !this.#blamed.some((of) => this.#session.classes.includes(of));
  }

  /** Sorts files for one class. */
  async #inOne(given: Given, of: PhotoClass): Promise<Taken> {
    const folder = given.files[0]?.folders[0];
    const { photos, words } = await this.#sorted([inOneClass(given, of.name || folder || "")]);
    if (of.name === "" && folder !== undefined) this.#session.renameClass(of, folder);
    return { photos: photos.map(({ file, group }) => ({ file, group, of })), words };
  }

  /** Sorts files in folders of classes. */
  async #inClasses(given: Given): Promise<Taken> {
    const { photos, words } = await this.#sorted(asClasses(given));
    const { found, left } = this.#byClass(photos);
    const beyond = photos.filter(({ label }) => left.includes(label));
    this.#session.leaveOut(
      beyond.map(({ file, label, group }) => ({
        path: pathIn(label, { group, name: file.name }),
        code: "class-beyond",
        why: BEYOND,
      })),
    );
    const more = left.length === 0 ? [] : [`There can be six classes at most: ${listed(left)} left out.`];
    return { photos: found, words: [words, ...more].filter((part) => part !== "").join(" ") };
  }

  /** Sorts the first of the folders that contains photos. */
  async #sorted(
    folders: readonly Folder[],
  ): Promise<{ readonly photos: readonly Placed[]; readonly words: string }> {
    let all: SortedFolder | undefined;
    for (const folder of folders) {
      all = await this.#network.examiner.sort(folder);
      if (all.photos.length === 0) continue;
      const { classes, photos, masks, leftOut, words, refused } = all;
      if (refused !== null) throw new Refused(sentence(new Error(refused)));
      this.#session.leaveOut(leftOut);
      const place = ({ file, class: of, group }: SortedFolder["photos"][number]): Placed[] => {
        const entry = folder.files[file];
        return entry === undefined ? [] : [{ file: entry.file, label: classes[of] ?? "", group }];
      };
      const hint = masks.length === 0 ? "" : " “Masks from a folder”, with the same folder, takes the masks.";
      return {
        photos: photos.flatMap(place),
        words: words === "" ? "" : `${sentence(new Error(words))}${hint}`,
      };
    }
    if (all?.leftOut.some(({ code }) => code === "beside-classes")) throw new Refused(HOMELESS);
    throw new Refused(
      all === undefined || all.words === ""
        ? "There were no photos in that."
        : `There were no photos in that: ${all.words}.`,
    );
  }

  /** Finds classes by their names; one without a name and photos is reused before another is made. */
  #byClass(placed: readonly Placed[]): {
    readonly found: readonly Wanted[];
    readonly left: readonly string[];
  } {
    const classes = new Map<string, PhotoClass | undefined>();
    for (const { label } of placed) {
      if (classes.has(label)) continue;
      const known = this.#session.classes.find(({ name }) => name.normalize() === label.normalize());
      const blank = this.#session.classes.find(
        (one) => one.name === "" && this.#session.photosOf(one).length === 0,
      );
      if (known === undefined && blank !== undefined) this.#session.renameClass(blank, label);
      classes.set(label, known ?? blank ?? this.#session.addClass(label));
    }
    const found = placed.flatMap(({ file, label, group }) => {
      const of = classes.get(label);
      return of === undefined ? [] : [{ file, group, of }];
    });
    return { found, left: [...classes].filter(([, of]) => of === undefined).map(([label]) => label) };
  }
}

/** Whether the event is text that is dragged into a text field, which handles it itself. */
function isForField({ dataTransfer, target }: DragEvent): boolean {
  return (
    dataTransfer?.types.includes("Files") === false &&
    target instanceof Element &&
    target.closest("input, textarea") !== null
  );
}

/** The error if nothing can be added; the message says why. */
class Refused extends Error {}
