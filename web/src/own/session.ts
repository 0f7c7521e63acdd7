/**
 * The visitor's session: classes, photos, regions, and the model, in memory; changes are passed on to be
 * stored.
 */
import type { Sight } from "../bias/examine.js";
import type { Look } from "../bias/features.js";
import type { Weights } from "../candling.js";
import { isMarked } from "./area.js";
import { Marks } from "./marks.js";
import type { Model } from "./model.js";
import { placeOf } from "./outcomes.js";
import {
  freshId,
  inOrder,
  MOST_CLASSES,
  type Lying,
  type StoredPhoto,
  type PhotoClass,
  type Region,
} from "./photo.js";
import type { Kept, PhotoRecord, Store } from "./store.js";
import type { LeftOut } from "../trainer/messages.js";
import { byCodePoint } from "./words.js";

/** The part of the session that changed. */
export type Change = "photos" | "classes" | "looks" | "findings" | "regions" | "model";

export class PhotoSession {
  /** The regions and their masks. */
  readonly marks: Marks;
  readonly #store: Store;
  readonly #listeners: ((what: Change) => void)[] = [];
  #classes: PhotoClass[] = [];
  readonly #photos = new Map<string, StoredPhoto>();
  #model: Model | undefined;
  #bytes = 0;
  #pace: number | undefined;
  #weights: Weights | undefined;
  #leftOut: readonly LeftOut[] = [];

  constructor(store: Store, kept: Kept | undefined) {
    this.#store = store;
    this.marks = new Marks(store, this.#photos, () => this.#tell("regions"));
    if (kept !== undefined) this.#restore(kept);
    this.#fillUp();
  }

  follow(listener: (what: Change) => void): void {
    this.#listeners.push(listener);
  }

  get keeps(): boolean {
    return this.#store.keeps;
  }

  /** Whether the visitor has put nothing into it. */
  get isEmpty(): boolean {
    return (
      this.#photos.size === 0 && this.#model === undefined && this.#classes.every(({ name }) => name === "")
    );
  }

  // ---- classes ----

  get classes(): readonly PhotoClass[] {
    return this.#classes;
  }

  /** Adds a class; returns undefined if there are already as many as allowed. */
  addClass(name = ""): PhotoClass | undefined {
    if (this.#classes.length >= MOST_CLASSES) return undefined;
    const added = { id: freshId(), name };
    this.#classes.push(added);
    this.#keepClasses();
    return added;
  }

  renameClass(changed: PhotoClass, name: string): void {
    changed.name = name;
    this.#keepClasses();
  }

  /** Removes a class with its photos. */
  removeClass(removed: PhotoClass): void {
    this.removePhotos(this.photosOf(removed));
    this.#leaveOut(this.#leftOut.filter(({ path }) => !path.startsWith(`${removed.name}/`)));
    this.#classes = this.#classes.filter((other) => other !== removed);
    this.#fillUp();
    this.#keepClasses();
  }

  // ---- photos ----

  /** The photos, by digest. */
  get photos(): ReadonlyMap<string, StoredPhoto> {
    return this.#photos;
  }

  photosOf({ id }: PhotoClass): readonly StoredPhoto[] {
    return [...this.#photos.values()].filter(({ classId }) => classId === id);
  }

  classOf({ classId }: StoredPhoto): PhotoClass | undefined {
    return this.#classes.find(({ id }) => id === classId);
  }

  /** Total size of all photos in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Milliseconds per forward pass on this device; undefined until it was measured. */
  get pace(): number | undefined {
    return this.#pace;
  }

  set pace(milliseconds: number | undefined) {
    this.#pace = milliseconds;
    void this.#store.putState("pace", milliseconds);
  }

  /** The weights with which features were computed: those of others would not fit. */
  get weights(): Weights | undefined {
    return this.#weights;
  }

  set weights(weights: Weights | undefined) {
    this.#weights = weights;
    void this.#store.putState("weights", weights);
  }

  /** Files that were left out. */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** Adds files that were left out; each path is listed once, with its latest reason. */
  leaveOut(more: readonly LeftOut[]): void {
    const all = new Map([...this.#leftOut, ...more].map((one) => [one.path, one] as const));
    this.#leaveOut([...all.values()].sort((a, b) => byCodePoint(a.path, b.path)));
  }

  /** Adds photos; resolves once they are stored. */
  async addPhotos(photos: readonly StoredPhoto[]): Promise<void> {
    // their class may have been removed meanwhile
    const wanted = photos.filter((photo) => this.classOf(photo) !== undefined);
    for (const photo of wanted) this.#enter(photo);
    const there = new Set(wanted.map((photo) => placeOf(this, photo)));
    this.#leaveOut(this.#leftOut.filter(({ path }) => !there.has(path)));
    this.#tell("photos");
    // the two classes with which every session begins were not stored so far
    void this.#store.putState("classes", this.#classes);
    await this.#store.putPhotos(wanted.map(recordOf));
  }

  /** Records another place of the same bytes. */
  addCopy(photo: StoredPhoto, copy: Lying): void {
    if (photo.copies.some(({ group, name }) => group === copy.group && name === copy.name)) return;
    photo.copies = [...photo.copies, copy];
    void this.#store.putPhotos([recordOf(photo)]);
  }

  removePhotos(photos: readonly StoredPhoto[]): void {
    if (photos.length === 0) return;
    for (const { digest, blob } of photos) if (this.#photos.delete(digest)) this.#bytes -= blob.size;
    void this.#store.removePhotos(photos.map(({ digest }) => digest));
    this.#tell("photos");
  }

  /** Records the features of a photo, or why there are none. */
  async looked(photo: StoredPhoto, look: Look | { readonly unreadable: string }): Promise<void> {
    // each replaces the other
    Object.assign(photo, { features: undefined, notes: undefined, unreadable: undefined }, look);
    if (this.#photos.get(photo.digest) !== photo) return;
    this.#tell("looks");
    await this.#store.putLook({ digest: photo.digest, ...look });
  }

  // ---- the model, and what it says ----

  get model(): Model | undefined {
    return this.#model;
  }

  set model(model: Model | undefined) {
    this.#model = model;
    for (const photo of this.#photos.values()) {
      photo.finding = undefined;
      photo.shares.clear();
    }
    void this.#store.clearFindings();
    void this.#store.putState("model", model);
    this.#tell("model");
  }

  isHeldOut({ digest }: StoredPhoto): boolean {
    return this.#model?.lesson?.heldOut.has(digest) ?? false;
  }

  async found(photo: StoredPhoto, finding: Sight): Promise<void> {
    photo.finding = finding;
    photo.shares.clear();
    if (this.#photos.get(photo.digest) !== photo) return;
    this.#tell("findings");
    await this.#store.putFinding({ digest: photo.digest, ...finding });
  }

  // ---- regions ----

  get regions(): readonly Region[] {
    return this.marks.regions;
  }

  /** The current region. */
  get region(): Region {
    return this.marks.chosen;
  }

  set region(region: Region) {
    this.marks.chosen = region;
  }

  // ---- all of it ----

  /** Deletes everything, here and in the browser's storage. */
  async clear(): Promise<void> {
    this.#photos.clear();
    this.#bytes = 0;
    this.#classes = [];
    this.marks.restore([]);
    this.#model = undefined;
    this.#pace = undefined;
    this.#weights = undefined;
    this.#leftOut = [];
    this.#fillUp();
    for (const what of ["classes", "photos", "regions", "model"] as const) this.#tell(what);
    await this.#store.clear();
  }

  /** Adds classes up to two, the least that can be trained. */
  #fillUp(): void {
    while (this.#classes.length < 2) this.#classes.push({ id: freshId(), name: "" });
  }

  #leaveOut(all: readonly LeftOut[]): void {
    this.#leftOut = all;
    void this.#store.putState("leftOut", all);
  }

  #enter(photo: StoredPhoto): void {
    this.#photos.set(photo.digest, photo);
    this.#bytes += photo.blob.size;
  }

  #restore({ photos, looks, findings, masks, state }: Kept): void {
    for (const photo of inOrder(
      photos.map((photo) => ({
        copies: [],
        ...photo,
        masks: new Map(),
        unmarked: new Map(),
        shares: new Map(),
      })),
    ))
      this.#enter(photo);
    for (const { digest, ...look } of looks) Object.assign(this.#photos.get(digest) ?? {}, look);
    for (const { digest, ...finding } of findings) Object.assign(this.#photos.get(digest) ?? {}, { finding });
    for (const { digest, region, mask, unmarked } of masks) {
      const photo = this.#photos.get(digest);
      if (mask !== undefined && isMarked(mask)) photo?.masks.set(region, mask);
      if (unmarked !== undefined) photo?.unmarked.set(region, unmarked);
    }
    this.#classes = (state.get("classes") as PhotoClass[] | undefined) ?? [];
    this.marks.restore((state.get("regions") as Region[] | undefined) ?? []);
    this.#model = state.get("model") as Model | undefined;
    this.#pace = state.get("pace") as number | undefined;
    this.#weights = state.get("weights") as Weights | undefined;
    this.#leftOut = (state.get("leftOut") as LeftOut[] | undefined) ?? [];
  }

  #keepClasses(): void {
    void this.#store.putState("classes", this.#classes);
    this.#tell("classes");
  }

  #tell(what: Change): void {
    for (const listener of this.#listeners) listener(what);
  }
}

/** The stored part of a photo, without results. */
function recordOf({ digest, blob, name, group, classId, copies }: StoredPhoto): PhotoRecord {
  return { digest, blob, name, group, classId, copies };
}
