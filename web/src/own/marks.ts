/** The regions of a session and their masks in its photos; changes are passed on to be stored. */
import type { Mask } from "../bias/mask.js";
import { isMarked } from "./area.js";
import { freshId, maskIn, type StoredPhoto, type PhotoClass, type Region, type Unmarked } from "./photo.js";
import type { Store } from "./store.js";

/** The masks of a region in all photos, by which a change can be undone. */
export interface Places {
  readonly everywhere: Mask | undefined;
  readonly byClass: ReadonlyMap<number, Mask>;
  /** Masks of single photos, by digest. */
  readonly own: ReadonlyMap<string, Mask>;
}

/** The places of a region that is marked nowhere. */
export const NOWHERE: Places = { everywhere: undefined, byClass: new Map(), own: new Map() };

export class Marks {
  readonly #store: Store;
  readonly #photos: ReadonlyMap<string, StoredPhoto>;
  readonly #tell: () => void;
  #regions: Region[] = [];
  #chosen!: Region;

  constructor(store: Store, photos: ReadonlyMap<string, StoredPhoto>, tell: () => void) {
    this.#store = store;
    this.#photos = photos;
    this.#tell = tell;
    this.restore([]);
  }

  get regions(): readonly Region[] {
    return this.#regions;
  }

  /** The current region. */
  get chosen(): Region {
    return this.#chosen;
  }

  set chosen(region: Region) {
    this.#chosen = region;
    this.#tell();
  }

  /** Restores stored regions, whose masks the photos have; there is always at least one. */
  restore(regions: readonly Region[]): void {
    this.#regions =
      regions.length > 0 ? [...regions] : [{ id: freshId(), name: "object", byClass: new Map() }];
    this.#chosen = this.#regions[0] as Region;
  }

  add(name: string): Region {
    const added: Region = { id: freshId(), name, byClass: new Map() };
    this.#regions.push(added);
    this.#keep();
    this.#tell();
    return added;
  }

  rename(region: Region, name: string): void {
    region.name = name;
    this.#keep();
    this.#tell();
  }

  /** Removes a region with all its masks, unless it is the last one. */
  remove(region: Region): void {
    const rest = this.#regions.filter((other) => other !== region);
    if (rest.length === 0) return;
    this.place(region, NOWHERE);
    this.restore(rest);
    this.#keep();
    this.#tell();
  }

  /** Sets the mask of a region in one photo; if it is left out or empty, the photo has that of the others. */
  mark(photo: StoredPhoto, region: Region, given: Mask | undefined): void {
    const mask = given !== undefined && isMarked(given) ? given : undefined;
    this.#keep();
    this.#set(photo, region, mask);
    this.#tell();
  }

  /** Takes masks of a region that were found: photos with one, reasons for others, and masks of no photo. */
  take(region: Region, found: ReadonlyMap<StoredPhoto, Mask | Unmarked>, unused: readonly string[]): void {
    region.unused = unused;
    this.#keep();
    for (const [photo, mask] of found) {
      if ("data" in mask) this.#set(photo, region, mask);
      else this.#refuse(photo, region, mask);
    }
    this.#tell();
  }

  /** Records that a photo's mask does not fit it. */
  refuse(photo: StoredPhoto, region: Region, why: string): void {
    this.#refuse(photo, region, { kind: "refused", why });
  }

  /** Sets the mask of a region in all photos of a class, or in all photos, that have none of their own. */
  markAll(region: Region, mask: Mask, only?: PhotoClass): void {
    const { everywhere, byClass, own } = this.places(region);
    if (only === undefined) this.place(region, { everywhere: mask, byClass: new Map(), own });
    else this.place(region, { everywhere, byClass: new Map([...byClass, [only.id, mask]]), own });
  }

  /** The number of photos in which a region is marked. */
  marked(region: Region): number {
    return [...this.#photos.values()].filter((photo) => maskIn(photo, region) !== undefined).length;
  }

  places(region: Region): Places {
    const own = [...this.#photos.values()].flatMap(({ digest, masks }) => {
      const mask = masks.get(region.id);
      return mask === undefined ? [] : [[digest, mask] as const];
    });
    return { everywhere: region.everywhere, byClass: new Map(region.byClass), own: new Map(own) };
  }

  place(region: Region, { everywhere, byClass, own }: Places): void {
    const before = new Map(
      [...this.#photos.values()].map((photo) => [photo, maskIn(photo, region)] as const),
    );
    region.everywhere = everywhere;
    region.byClass.clear();
    for (const [id, mask] of byClass) region.byClass.set(id, mask);
    this.#keep();
    for (const [photo, mask] of before) {
      if (photo.masks.get(region.id) !== own.get(photo.digest))
        this.#set(photo, region, own.get(photo.digest));
      if (maskIn(photo, region) !== mask) photo.shares.delete(region.id);
    }
    this.#tell();
  }

  #refuse(photo: StoredPhoto, region: Region, unmarked: Unmarked): void {
    this.#set(photo, region, undefined);
    photo.unmarked.set(region.id, unmarked);
    void this.#store.putMask({ digest: photo.digest, region: region.id, unmarked });
  }

  #set(photo: StoredPhoto, region: Region, mask: Mask | undefined): void {
    const { digest } = photo;
    photo.shares.delete(region.id);
    photo.unmarked.delete(region.id);
    if (mask === undefined) {
      photo.masks.delete(region.id);
      void this.#store.removeMask(digest, region.id);
    } else {
      photo.masks.set(region.id, mask);
      void this.#store.putMask({ digest, region: region.id, mask });
    }
  }

  /** Stores the region before its masks, which mean nothing without it. */
  #keep(): void {
    void this.#store.putState("regions", this.#regions);
  }
}
