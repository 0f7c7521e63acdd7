/** The visitor's session: classes, photos, regions, and the model, in memory; what changes is handed on to be kept. */
import type { Sight } from "../bias/examine.js";
import type { Mask } from "../bias/mask.js";
import type { Weights } from "../candling.js";
import type { Model } from "./model.js";
import { inOrder, MOST_CLASSES, type Photo, type PhotoClass, type Region } from "./photo.js";
import type { Kept, Store } from "./store.js";

/** What changed. */
export type Change = "photos" | "classes" | "looks" | "findings" | "regions" | "model";

export class Session {
  readonly #store: Store;
  readonly #listeners: ((what: Change) => void)[] = [];
  #classes: PhotoClass[] = [];
  readonly #photos = new Map<string, Photo>();
  #regions: Region[] = [];
  #region!: Region;
  #model: Model | undefined;
  #bytes = 0;
  #pace: number | undefined;
  #weights: Weights | undefined;

  constructor(store: Store, kept: Kept | undefined) {
    this.#store = store;
    if (kept !== undefined) this.#restore(kept);
    this.#fillUp();
  }

  follow(listener: (what: Change) => void): void {
    this.#listeners.push(listener);
  }

  get keeps(): boolean {
    return this.#store.keeps;
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
    Object.assign(photo, look);
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
    return this.#regions;
  }

  /** The one that is looked at. */
  get region(): Region {
    return this.#region;
  }

  set region(region: Region) {
    this.#region = region;
    this.#tell("regions");
  }

  addRegion(name: string): Region {
    const added: Region = { id: freshId(), name, byClass: new Map() };
    this.#regions.push(added);
    this.#keepRegions();
    return added;
  }

  /** Where a region lies in one photo; as in others of its kind, where left out. */
  mark(photo: Photo, region: Region, mask: Mask | undefined): void {
    if (mask === undefined) photo.masks.delete(region.id);
    else photo.masks.set(region.id, mask);
    photo.shares.delete(region.id);
    const { digest } = photo;
    void this.#store.putState("regions", this.#regions);
    void (mask === undefined ? this.#store.removeMask(digest, region.id) : this.#store.putMask({ digest, region: region.id, mask }));
    this.#tell("regions");
  }

  /** Where a region lies in all photos of a class, or in all there are, that have none of their own. */
  markAll(region: Region, mask: Mask, only?: PhotoClass): void {
    if (only === undefined) {
      region.byClass.clear();
      region.everywhere = mask;
    } else {
      region.byClass.set(only.id, mask);
    }
    for (const photo of this.#photos.values()) if (!photo.masks.has(region.id)) photo.shares.delete(region.id);
    this.#keepRegions();
  }

  // ---- all of it ----

  /** Forgets everything, here and on the device. */
  async clear(): Promise<void> {
    this.#photos.clear();
    this.#bytes = 0;
    this.#classes = [];
    this.#regions = [];
    this.#model = undefined;
    this.#pace = undefined;
    this.#weights = undefined;
    this.#fillUp();
    for (const what of ["classes", "photos", "regions", "model"] as const) this.#tell(what);
    await this.#store.clear();
  }

  /** Two classes and one region at least: with fewer there is nothing to tell apart, and nowhere to look. */
  #fillUp(): void {
    while (this.#classes.length < 2) this.#classes.push({ id: freshId(), name: "" });
    if (this.#regions.length === 0) this.#regions.push({ id: freshId(), name: "object", byClass: new Map() });
    const [first] = this.#regions;
    if (first !== undefined && !this.#regions.includes(this.#region)) this.#region = first;
  }

  #enter(photo: Photo): void {
    this.#photos.set(photo.digest, photo);
    this.#bytes += photo.blob.size;
  }

  #restore({ photos, looks, findings, masks, state }: Kept): void {
    for (const photo of inOrder(photos.map((photo) => ({ ...photo, masks: new Map(), shares: new Map() })))) this.#enter(photo);
    for (const { digest, ...look } of looks) Object.assign(this.#photos.get(digest) ?? {}, look);
    for (const { digest, ...finding } of findings) Object.assign(this.#photos.get(digest) ?? {}, { finding });
    for (const { digest, region, mask } of masks) this.#photos.get(digest)?.masks.set(region, mask);
    this.#classes = (state.get("classes") as PhotoClass[] | undefined) ?? [];
    this.#regions = (state.get("regions") as Region[] | undefined) ?? [];
    this.#model = state.get("model") as Model | undefined;
    this.#pace = state.get("pace") as number | undefined;
    this.#weights = state.get("weights") as Weights | undefined;
  }

  #keepClasses(): void {
    void this.#store.putState("classes", this.#classes);
    this.#tell("classes");
  }

  #keepRegions(): void {
    void this.#store.putState("regions", this.#regions);
    this.#tell("regions");
  }

  #tell(what: Change): void {
    for (const listener of this.#listeners) listener(what);
  }
}

/** One that no class or region had before, removed ones among them. */
function freshId(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
