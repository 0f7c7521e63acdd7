/** Forward passes on photos, one after the other: their time, and which photos fail. */
import { CandlingError, type Candling } from "../candling.js";
import { featuresOf } from "../bias/features.js";
import { sentence } from "../words/sentence.js";
import type { ReportProgress } from "./job.js";
import type { StoredPhoto } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { duration } from "./words.js";

/** Weight of the previous estimate in the running mean of the time per photo. */
const STEADY = 0.9;

/** Error codes that concern the network, not the photo. */
const OURS: readonly string[] = ["aborted", "closed", "engine-unavailable", "model-unreachable", "internal"];

/**
 * Calls `look` for every photo. A failure of one photo is passed to `fail`; one that concerns all is thrown.
 */
export async function lookAtAll(
  session: PhotoSession,
  photos: readonly StoredPhoto[],
  look: (photo: StoredPhoto) => Promise<void>,
  fail: (photo: StoredPhoto, reason: string) => Promise<void>,
  progress: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  let pace = session.pace;
  for (const [done, photo] of photos.entries()) {
    signal.throwIfAborted();
    const left = pace === undefined ? "" : `, ${duration(pace * (photos.length - done))} left`;
    progress(
      `Looking at photo ${(done + 1).toLocaleString("en-GB")} of ${photos.length.toLocaleString("en-GB")}${left}`,
      done,
      photos.length,
    );
    const start = performance.now();
    try {
      await look(photo);
    } catch (error) {
      if (!(error instanceof CandlingError) || OURS.includes(error.code)) throw error;
      await fail(photo, sentence(error));
    }
    const took = performance.now() - start;
    // the first one includes the warm-up
    if (done > 0 || photos.length === 1)
      pace = pace === undefined ? took : STEADY * pace + (1 - STEADY) * took;
    // stored as soon as it is known, and at the end
    if (session.pace === undefined || done === photos.length - 1) session.pace = pace;
  }
}

/** Photos without features. Those that could not be read are tried again: the reason may be gone. */
export function unseen(session: PhotoSession): readonly StoredPhoto[] {
  return [...session.photos.values()].filter(({ features }) => features === undefined);
}

/** Computes missing features; each is stored at once. */
export function lookForFeatures(
  session: PhotoSession,
  backbone: Candling,
  progress: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  const look = async (photo: StoredPhoto) =>
    session.looked(photo, await featuresOf(backbone, photo.blob, signal));
  return lookAtAll(
    session,
    unseen(session),
    look,
    (photo, unreadable) => session.looked(photo, { unreadable }),
    progress,
    signal,
  );
}

/**
 * Describes the work, `all`, with an estimate of its time for this number of photos; a device without an
 * estimate gets one from the first photo.
 */
export function forecast({ pace }: PhotoSession, photos: number, all: string): string {
  return pace === undefined
    ? `${all}; how long that takes is said as soon as the first are done.`
    : `${all}: ${duration(pace * photos)} on this device.`;
}
