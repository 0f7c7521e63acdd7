/** The visitor's session: classes, photos, regions, and the model, in memory; what changes is handed on to be kept. */
import type { Sight } from "../bias/examine.js";
import type { Weights } from "../candling.js";
import { isMarked } from "./area.js";
import { Marks } from "./marks.js";
import type { Model } from "./model.js";
import { freshId, inOrder, MOST_CLASSES, type Photo, type PhotoClass, type Region } from "./photo.js";
import type { Kept, Store } from "./store.js";

/** What changed. */
export type Change = "photos" | "classes" | "looks" | "findings" | "regions" | "model";

export class Session {
  /** The regions, and where they lie. */
  readonly marks: Marks;
  readonly #store: Store;
  readonly #listeners: ((what: Change) => void)[] = [];
  #classes: PhotoClass[] = [];
  readonly #photos = new Map<string, Photo>();
  #model: Model | undefined;
  #bytes = 0;
  #pace: number | undefined;
  #weights: Weights | undefined;

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

  /** Whether there is nothing in it that anybody put there. */
  get isEmpty(): boolean {
    return this.#photos.size === 0 && this.#model === undefined && this.#classes.every(({ name }) => name === "");
  }

  // ---- classes ----

  get classes(): readonly PhotoClass[] {
    return this.#classes;
  }

  /** Undefined where there are as many as there may be. */
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

  /** With its photos. */
  removeClass(removed: PhotoClass): void {
    this.removePhotos(this.photosOf(removed));
    this.#classes = this.#classes.filter((other) => other !== removed);
    this.#fillUp();
    this.#keepClasses();
  }

  // ---- photos ----

  /** By digest. */
  get photos(): ReadonlyMap<string, Photo> {
    return this.#photos;
  }

  photosOf({ id }: PhotoClass): readonly Photo[] {
    return [...this.#photos.values()].filter(({ classId }) => classId === id);
  }

  classOf({ classId }: Photo): PhotoClass | undefined {
    return this.#classes.find(({ id }) => id === classId);
  }

  /** Bytes of all photos. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Milliseconds that a look at a photo takes here; undefined until it was measured. */
  get pace(): number | undefined {
    return this.#pace;
  }

  set pace(milliseconds: number | undefined) {
    this.#pace = milliseconds;
    void this.#store.putState("pace", milliseconds);
  }

  /** Those of the network that the photos were looked at with: features by others would not fit. */
  get weights(): Weights | undefined {
    return this.#weights;
  }

  set weights(weights: Weights | undefined) {
    this.#weights = weights;
    void this.#store.putState("weights", weights);
  }

  /** Resolves once they are kept. */
  async addPhotos(photos: readonly Photo[]): Promise<void> {
    // Their class may have been removed meanwhile.
    const wanted = photos.filter((photo) => this.classOf(photo) !== undefined);
    for (const photo of wanted) this.#enter(photo);
    this.#tell("photos");
    // The two that every session begins with were not kept so far.
    void this.#store.putState("classes", this.#classes);
    await this.#store.putPhotos(wanted.map(({ digest, blob, name, group, classId }) => ({ digest, blob, name, group, classId })));
  }

  removePhotos(photos: readonly Photo[]): void {
    if (photos.length === 0) return;
    for (const { digest, blob } of photos) if (this.#photos.delete(digest)) this.#bytes -= blob.size;
    void this.#store.removePhotos(photos.map(({ digest }) => digest));
    this.#tell("photos");
  }

  /** What came of looking at a photo: its features, or why there are none. */
  async looked(photo: Photo, look: { readonly features: Float32Array } | { readonly unreadable: string }): Promise<void> {
    // The one takes the place of the other.
    Object.assign(photo, { features: undefined, unreadable: undefined }, look);
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

  isHeldOut({ digest }: Photo): boolean {
    return this.#model?.lesson?.heldOut.has(digest) ?? false;
  }

  async found(photo: Photo, finding: Sight): Promise<void> {
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

  /** The one that is looked at. */
  get region(): Region {
    return this.marks.chosen;
  }

  set region(region: Region) {
    this.marks.chosen = region;
  }

  // ---- all of it ----

  /** Forgets everything, here and on the device. */
  async clear(): Promise<void> {
    this.#photos.clear();
    this.#bytes = 0;
    this.#classes = [];
    this.marks.restore([]);
    this.#model = undefined;
    this.#pace = undefined;
    this.#weights = undefined;
    this.#fillUp();
    for (const what of ["classes", "photos", "regions", "model"] as const) this.#tell(what);
    await this.#store.clear();
  }

  /** Two classes at least: with fewer there is nothing to tell apart. */
  #fillUp(): void {
    while (this.#classes.length < 2) this.#classes.push({ id: freshId(), name: "" });
  }

  #enter(photo: Photo): void {
    this.#photos.set(photo.digest, photo);
    this.#bytes += photo.blob.size;
  }

  #restore({ photos, looks, findings, masks, state }: Kept): void {
    for (const photo of inOrder(photos.map((photo) => ({ ...photo, masks: new Map(), shares: new Map() })))) this.#enter(photo);
    for (const { digest, ...look } of looks) Object.assign(this.#photos.get(digest) ?? {}, look);
    for (const { digest, ...finding } of findings) Object.assign(this.#photos.get(digest) ?? {}, { finding });
    for (const { digest, region, mask } of masks) if (isMarked(mask)) this.#photos.get(digest)?.masks.set(region, mask);
    this.#classes = (state.get("classes") as PhotoClass[] | undefined) ?? [];
    this.marks.restore((state.get("regions") as Region[] | undefined) ?? []);
    this.#model = state.get("model") as Model | undefined;
    this.#pace = state.get("pace") as number | undefined;
    this.#weights = state.get("weights") as Weights | undefined;
  }

  #keepClasses(): void {
    void this.#store.putState("classes", this.#classes);
    this.#tell("classes");
  }

  #tell(what: Change): void {
    for (const listener of this.#listeners) listener(what);
  }
}
