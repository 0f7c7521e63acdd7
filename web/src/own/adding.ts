/** Adding photos to the session: each is hashed once, so that none is in it twice. */
import type { ReportProgress } from "./job.js";
import type { StoredPhoto, Wanted } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { Tally } from "./tally.js";

/** Photos that are read in parallel, and photos that are stored in one transaction. */
const AT_ONCE = 4;
const BATCH = 40;

/** Photos with the same bytes among those that are added together. */
interface Alike {
  readonly places: Wanted[];
  /**
   * The one that is kept; undefined once they were found in two classes, as it is then unclear which of these
   * they show.
   */
  kept: StoredPhoto | undefined;
  /** Whether it was not in the session before. */
  readonly isNew: boolean;
}

/** Adds photos and returns a message on the result. What was added before `signal` is aborted stays. */
export async function addPhotos(
  session: PhotoSession,
  wanted: readonly Wanted[],
  progress: ReportProgress,
  signal: AbortSignal,
): Promise<string> {
  const total = wanted.length;
  const met = new Map<string, Alike>();
  const unread: Wanted[] = [];
  /** photos that are read and not in the session yet */
  const fresh = new Map<string, StoredPhoto>();
  const flush = async () => {
    const batch = [...fresh.values()];
    fresh.clear();
    if (batch.length > 0) await session.addPhotos(batch);
  };
  const digests: Promise<string | undefined>[] = [];
  let done = 0;
  // in order of path, as the first of several is kept
  for (const one of wanted) {
    if (signal.aborted) break;
    for (const { file } of wanted.slice(digests.length, done + AT_ONCE))
      digests.push(digestOf(file).catch(() => undefined));
    const digest = await digests[done];
    if (digest === undefined) unread.push(one);
    else meet(session, met, fresh, one, digest);
    progress(
      `Adding photos: ${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}…`,
      ++done,
      total,
    );
    if (fresh.size >= BATCH) await flush();
  }
  await flush();
  const tally = tallied(session, met.values(), unread);
  if (tally.leftOut.length > 0) session.leaveOut(tally.leftOut);
  return tally.words(done < total, total);
}

function meet(
  session: PhotoSession,
  met: Map<string, Alike>,
  fresh: Map<string, StoredPhoto>,
  one: Wanted,
  digest: string,
): void {
  const { file, group, of } = one;
  // its class may have been removed meanwhile
  if (!session.classes.includes(of)) return;
  const alike = met.get(digest);
  if (alike === undefined) {
    const known = session.photos.get(digest);
    const kept = known ?? {
      digest,
      blob: file,
      name: file.name,
      group,
      classId: of.id,
      copies: [],
      masks: new Map(),
      unmarked: new Map(),
      shares: new Map(),
    };
    if (known === undefined) fresh.set(digest, kept);
    met.set(digest, { places: [one], kept, isNew: known === undefined });
    return;
  }
  alike.places.push(one);
  if (!alike.isNew || alike.kept === undefined || alike.kept.classId === of.id) return;
  if (!fresh.delete(digest)) session.removePhotos([alike.kept]);
  alike.kept = undefined;
}

function tallied(session: PhotoSession, all: Iterable<Alike>, unread: readonly Wanted[]): Tally {
  const tally = new Tally(unread);
  for (const { places, kept, isNew } of all) {
    if (kept === undefined) tally.contested(places);
    else if (isNew) tally.added += 1;
    if (kept === undefined) continue;
    for (const place of isNew ? places.slice(1) : places) {
      if (place.of.id !== kept.classId)
        tally.elsewhere(place, session.classOf(kept)?.name || "another class");
      else if (tally.copy(place, kept)) session.addCopy(kept, { group: place.group, name: place.file.name });
    }
  }
  return tally;
}

/**
 * Returns the SHA-256 in hexadecimal. In insecure contexts browsers offer none; there every file counts as
 * different.
 */
export async function digestOf(file: File): Promise<string> {
  const subtle = (crypto as { readonly subtle?: SubtleCrypto }).subtle;
  const bytes =
    subtle === undefined
      ? crypto.getRandomValues(new Uint8Array(32))
      : new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
