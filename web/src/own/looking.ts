/** A look at photos, one after the other: what it takes, and which of them cannot be looked at. */
import { CandlingError, type Candling } from "../candling.js";
import { featuresOf } from "../bias/features.js";
import { sentence } from "../words/sentence.js";
import type { Progress } from "./job.js";
import type { Photo } from "./photo.js";
import type { Session } from "./session.js";
import { duration } from "./words.js";

/** So much of the pace that is known stays when another photo was looked at. */
const STEADY = 0.9;

/** What is wrong with the network, not with the photo. */
const OURS: readonly string[] = ["aborted", "closed", "engine-unavailable", "model-unreachable", "internal"];

/** Does `look` for every photo. One that fails by itself is told to `fail`; what hits all of them is thrown. */
export async function lookAtAll(
  session: Session,
  photos: readonly Photo[],
  look: (photo: Photo) => Promise<void>,
  fail: (photo: Photo, reason: string) => Promise<void>,
  progress: Progress,
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
    // The first one wakes the machine up.
    if (done > 0 || photos.length === 1)
      pace = pace === undefined ? took : STEADY * pace + (1 - STEADY) * took;
    // As soon as it can be told, and as it was at last.
    if (session.pace === undefined || done === photos.length - 1) session.pace = pace;
  }
}

/** Photos that have no features yet. Those that could not be read are tried again: the reason may be gone. */
export function unseen(session: Session): readonly Photo[] {
  return [...session.photos.values()].filter(({ features }) => features === undefined);
}

/** Computes what is missing; each is kept as soon as it is there. */
export function lookForFeatures(
  session: Session,
  eyes: Candling,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const look = async (photo: Photo) => session.looked(photo, await featuresOf(eyes, photo.blob, signal));
  return lookAtAll(
    session,
    unseen(session),
    look,
    (photo, unreadable) => session.looked(photo, { unreadable }),
    progress,
    signal,
  );
}

/** What has to be done, in `all`, and how long it takes to look at so many; a device that has not looked at any yet finds that out with the first. */
export function forecast({ pace }: Session, photos: number, all: string): string {
  return pace === undefined
    ? `${all}; how long that takes is said as soon as the first are done.`
    : `${all}: ${duration(pace * photos)} on this device.`;
}
