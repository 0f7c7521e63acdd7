/**
 * Storage of the session in IndexedDB, on this device. Without it the page still works, for as long as the
 * tab is open.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Sight } from "../bias/examine.js";
import type { Mask } from "../bias/mask.js";
import type { Lying, Unmarked } from "./photo.js";
import { packed, unpacked } from "./blobs.js";

/** Name of the database, which includes the folder because other sites may share the origin. */
const NAME = `candling-own ${new URL("./", document.baseURI).href}`;
/** Time to wait for another tab's lock; a tab that is being closed releases it sooner. */
const PATIENCE_MS = 1500;

export interface PhotoRecord {
  readonly digest: string;
  readonly blob: Blob;
  readonly name: string;
  readonly group: string;
  readonly classId: number;
  /** Missing in records of an earlier version. */
  readonly copies?: readonly Lying[];
}

/** The features of a photo, or why there are none. */
export interface LookRecord {
  readonly digest: string;
  readonly features?: Float32Array;
  readonly notes?: readonly string[];
  readonly unreadable?: string;
}

export interface FindingRecord extends Sight {
  readonly digest: string;
}

export interface MaskRecord {
  readonly digest: string;
  readonly region: number;
  readonly mask?: Mask;
  /** The reason for not having a mask, in place of one. */
  readonly unmarked?: Unmarked;
}

interface Schema extends DBSchema {
  photos: { key: string; value: PhotoRecord };
  looks: { key: string; value: LookRecord };
  findings: { key: string; value: FindingRecord };
  masks: { key: [string, number]; value: MaskRecord };
  /** Classes, regions, the model: one value each. */
  state: { key: string; value: unknown };
}

const STORES = ["photos", "looks", "findings", "masks", "state"] as const;

/** Everything that was stored. */
export interface Kept {
  readonly photos: readonly PhotoRecord[];
  readonly looks: readonly LookRecord[];
  readonly findings: readonly FindingRecord[];
  readonly masks: readonly MaskRecord[];
  readonly state: ReadonlyMap<string, unknown>;
}

/** Why nothing is stored: there is no IndexedDB, another tab has the session, or there is no more room. */
export type Loss = "none" | "elsewhere" | "full";

export class Store {
  readonly #db: IDBPDatabase<Schema> | undefined;
  /** Whether the browser can store blobs. */
  readonly #takesBlobs: boolean;
  /** Handles a full storage: what was stored stays, and nothing is added. */
  #full = false;
  readonly #onLoss: (why: Loss) => void;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    db: IDBPDatabase<Schema> | undefined,
    takesBlobs: boolean,
    onLoss: (why: Loss) => void,
  ) {
    this.#db = db;
    this.#takesBlobs = takesBlobs;
    this.#onLoss = onLoss;
  }

  /** Opens the store; never fails. `onLoss` is called once if nothing is stored, or nothing more. */
  static async open(onLoss: (why: Loss) => void): Promise<Store> {
    try {
      if (!(await isAlone())) {
        onLoss("elsewhere");
        return new Store(undefined, false, onLoss);
      }
      const db = await openDB<Schema>(NAME, 1, {
        upgrade(fresh) {
          for (const name of ["photos", "looks", "findings"] as const)
            fresh.createObjectStore(name, { keyPath: "digest" });
          fresh.createObjectStore("masks", { keyPath: ["digest", "region"] });
          fresh.createObjectStore("state");
        },
      });
      return new Store(db, await takesBlobs(db), onLoss);
    } catch {
      onLoss("none");
      return new Store(undefined, false, onLoss);
    }
  }

  /** Whether changes are stored. */
  get keeps(): boolean {
    return this.#db !== undefined && !this.#full;
  }

  /** Reads everything; undefined if there is no storage. */
  async read(): Promise<Kept | undefined> {
    let kept: Kept | undefined;
    await this.#write(async (db) => {
      kept = await everything(db);
    });
    return kept;
  }

  putPhotos(photos: readonly PhotoRecord[]): Promise<void> {
    return this.#write(async (db) => {
      // converted before the transaction, which ends as soon as it has to wait for something else
      const records = this.#takesBlobs ? photos : await Promise.all(photos.map(packed));
      const { store, done } = db.transaction("photos", "readwrite");
      await Promise.all([...records.map((record) => store.put(record)), done]);
    });
  }

  putLook(look: LookRecord): Promise<void> {
    return this.#write((db) => db.put("looks", look));
  }

  putFinding(finding: FindingRecord): Promise<void> {
    return this.#write((db) => db.put("findings", finding));
  }

  clearFindings(): Promise<void> {
    return this.#write((db) => db.clear("findings"));
  }

  putMask(mask: MaskRecord): Promise<void> {
    return this.#write((db) => db.put("masks", mask));
  }

  removeMask(digest: string, region: number): Promise<void> {
    return this.#write((db) => db.delete("masks", [digest, region]));
  }

  putState(name: string, value: unknown): Promise<void> {
    return this.#write(async (db) =>
      value === undefined
        ? db.delete("state", name)
        : db.put("state", this.#takesBlobs ? value : await packed(value), name),
    );
  }

  /** Deletes photos and everything that belongs to them. */
  removePhotos(digests: readonly string[]): Promise<void> {
    return this.#write(async (db) => {
      const all = db.transaction(["photos", "looks", "findings", "masks"], "readwrite");
      for (const digest of digests) {
        for (const name of ["photos", "looks", "findings"] as const)
          void all.objectStore(name).delete(digest);
        void all
          .objectStore("masks")
          .delete(IDBKeyRange.bound([digest, 0], [digest, Number.MAX_SAFE_INTEGER]));
      }
      await all.done;
    });
  }

  /** Deletes everything, also what was stored before the storage was full; after that there is room again. */
  async clear(): Promise<void> {
    this.#full = false;
    await this.#write(async (db) => {
      const all = db.transaction(STORES, "readwrite");
      for (const name of STORES) void all.objectStore(name).clear();
      await all.done;
    });
  }

  async #write(work: (db: IDBPDatabase<Schema>) => Promise<unknown>): Promise<void> {
    if (this.#db === undefined || this.#full) return;
    const db = this.#db;
    // changes that take time to prepare must not overtake later ones
    const turn = this.#takesBlobs ? work(db) : this.#turn.then(() => work(db));
    this.#turn = turn.catch(() => {});
    try {
      await turn;
    } catch {
      if (this.#full) return;
      this.#full = true;
      this.#onLoss("full");
    }
  }
}

async function everything(db: IDBPDatabase<Schema>): Promise<Kept> {
  const [photos, looks, findings, masks, names, values] = await Promise.all([
    db.getAll("photos"),
    db.getAll("looks"),
    db.getAll("findings"),
    db.getAll("masks"),
    db.getAllKeys("state"),
    db.getAll("state"),
  ]);
  const blobbed = <T>(records: readonly T[]) => Promise.all(records.map((record) => unpacked(record)));
  const [whole, states] = await Promise.all([blobbed(photos), blobbed(values)]);
  return {
    photos: whole,
    looks,
    findings,
    masks,
    state: new Map(names.map((name, at) => [name, states[at]])),
  };
}

/** Tests whether blobs can be stored, since browsers do not say; leaves nothing behind. */
async function takesBlobs(db: IDBPDatabase<Schema>): Promise<boolean> {
  const { store, done } = db.transaction("state", "readwrite");
  const settled = done.catch(() => {});
  try {
    await store.put(new Blob(["a"]), "probe");
    await store.delete("probe");
    return true;
  } catch {
    return false;
  } finally {
    await settled;
  }
}

/** Whether no other tab has the session. Two that write it would undo each other's changes. */
function isAlone(): Promise<boolean> {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise(() => {}); // until the tab is closed
    };
    // only a timeout means that another tab has it; a browser that stores nothing here refuses locks at once
    const refused = (error: unknown) =>
      resolve(!(error instanceof DOMException && ["TimeoutError", "AbortError"].includes(error.name)));
    // Firefox without cookies throws synchronously
    try {
      locks.request(NAME, { signal: AbortSignal.timeout(PATIENCE_MS) }, held).catch(refused);
    } catch (error) {
      refused(error);
    }
  });
}
