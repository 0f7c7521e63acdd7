/** Photos on their way into the session: each is read once, so that none is in it twice. */
import type { Progress } from "./job.js";
import type { LeftOut } from "../trainer/messages.js";
import { pathIn, type Photo, type PhotoClass } from "./photo.js";
import type { Session } from "./session.js";
import { count, listed, some } from "./words.js";

/** So many are read at once, and so many are kept in one go. */
const AT_ONCE = 4;
const BATCH = 40;

/** A photo and the class that it is for. */
export interface Wanted {
  readonly file: File;
  /** Folders between that of its class and the photo; empty for none. */
  readonly group: string;
  readonly of: PhotoClass;
}

/** What came of it. */
class Tally {
  added = 0;
  readonly alike: string[] = [];
  readonly elsewhere: { readonly name: string; readonly has: string; readonly left: string }[] = [];
  readonly unread: string[] = [];
  /** Of these, what a report has to say; a photo that is only added once more is no copy. */
  readonly leftOut: LeftOut[] = [];

  /** In a few sentences, however many photos there were. */
  words(stopped: boolean, total: number): string {
    const { added, alike, elsewhere, unread } = this;
    const sentences = [stopped ? `Stopped: ${count(added, "photo")} of ${total.toLocaleString("en-GB")} added; they stay.` : `${count(added, "photo")} added.`];
    if (alike.length > 0) sentences.push(`${count(alike.length, "duplicate")} left out: ${some(alike)}.`);
    const [first, ...others] = elsewhere;
    if (first !== undefined && others.length === 0) {
      sentences.push(`${first.name} is in ${first.has} already; a photo can be of one class, so it was left out of ${first.left}.`);
    } else if (first !== undefined) {
      const names = elsewhere.map(({ name, has }) => `${name} in ${has}`);
      const left = listed([...new Set(elsewhere.map((one) => one.left))]);
      const there = `${count(elsewhere.length, "photo")} are in another class already (${some(names)})`;
      sentences.push(`${there}; a photo can be of one class, so they were left out of ${left}.`);
    }
    if (unread.length > 0) sentences.push(`${count(unread.length, "file")} could not be read from the disk: ${some(unread)}.`);
    return sentences.join(" ");
  }
}

/** Adds photos; what was added before `signal` is aborted stays. Returns what there is to say. */
export async function addPhotos(session: Session, wanted: readonly Wanted[], progress: Progress, signal: AbortSignal): Promise<string> {
  const tally = new Tally();
  const total = wanted.length;
  /** Those that are read and not in the session yet. */
  const fresh = new Map<string, Photo>();
  let next = 0;
  let done = 0;
  const flush = async () => {
    const batch = [...fresh.values()];
    fresh.clear();
    if (batch.length > 0) await session.addPhotos(batch);
  };
  const worker = async () => {
    for (let one = wanted[next++]; one !== undefined && !signal.aborted; one = wanted[next++]) {
      const digest = await digestOf(one.file).catch(() => undefined);
      if (digest === undefined) tally.unread.push(one.file.name);
      else enter(session, tally, fresh, one, digest);
      progress(`Adding photos: ${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}…`, ++done, total);
      if (fresh.size >= BATCH) await flush();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await flush();
  if (tally.leftOut.length > 0) session.leaveOut(tally.leftOut);
  return tally.words(signal.aborted && done < total, total);
}

function enter(session: Session, tally: Tally, fresh: Map<string, Photo>, { file, group, of }: Wanted, digest: string): void {
  // Its class may have been removed meanwhile.
  if (!session.classes.includes(of)) return;
  const other = session.photos.get(digest) ?? fresh.get(digest);
  if (other === undefined) {
    fresh.set(digest, { digest, blob: file, name: file.name, group, classId: of.id, masks: new Map(), unmarked: new Map(), shares: new Map() });
    tally.added += 1;
    return;
  }
  const path = pathIn(of.name, { group, name: file.name });
  if (other.classId === of.id) {
    tally.alike.push(file.name);
    if (other.name !== file.name || other.group !== group) tally.leftOut.push({ path, code: "copy", why: `a copy of ${other.name}` });
  } else {
    const has = session.classOf(other)?.name || "another class";
    tally.elsewhere.push({ name: file.name, has, left: of.name || "this class" });
    tally.leftOut.push({ path, code: "other-class", why: `in ${has} already; a photo can be of one class` });
  }
}

/** SHA-256, in hexadecimal. Browsers compute none in pages that came over an open line; there every file counts as another. */
async function digestOf(file: File): Promise<string> {
  const subtle = (crypto as { readonly subtle?: SubtleCrypto }).subtle;
  const bytes = subtle === undefined ? crypto.getRandomValues(new Uint8Array(32)) : new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
