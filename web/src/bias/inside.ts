/** How much of a map lies in a region, and how much would if it were spread evenly over the photo: what a share is to be held against. */
import { evidenceIn, type Measured } from "./examine.js";
import type { Mask, MaskSource } from "./mask.js";
import type { Trainer } from "./trainer.js";

/** What was measured of one photo in one region. */
export interface Inside {
  /** Undefined for a map without evidence. */
  readonly share: number | undefined;
  /** The same share of a map that is alike everywhere. */
  readonly evenly: number | undefined;
  /** Whether the mask's file is of another size than the photo. */
  readonly scaled?: boolean;
}

/** By mask, for each part of a photo that a network saw: where a region is the same in all photos, it is measured once. */
const known = new WeakMap<Mask, Map<string, Promise<number | undefined>>>();

export async function measureInside(trainer: Trainer, map: Measured, mask: Mask): Promise<Inside> {
  if (mask.source !== undefined) return inFile(trainer, map, mask.source);
  const [share, evenly] = await Promise.all([evidenceIn(trainer, map, mask), evenlyIn(trainer, map, mask)]);
  return { share, evenly };
}

/** At the size that it has there, as on the command line. */
async function inFile(
  trainer: Trainer,
  { data, width, height, view, run }: Measured,
  { file, value }: MaskSource,
): Promise<Inside> {
  const photo = { width: run.width, height: run.height };
  const { share, evenly, scaled } = await trainer.evidenceInFile({
    map: data,
    width,
    height,
    view: [view.x, view.y, view.width, view.height],
    photo,
    file,
    value,
  });
  return { share: share ?? undefined, evenly: evenly ?? undefined, scaled };
}

function evenlyIn(trainer: Trainer, { view, run }: Measured, mask: Mask): Promise<number | undefined> {
  const part = [view.x, view.y, view.width, view.height, run.width, run.height].join();
  const ofMask = known.get(mask) ?? new Map<string, Promise<number | undefined>>();
  known.set(mask, ofMask);
  let found = ofMask.get(part);
  if (found === undefined) {
    found = evidenceIn(trainer, { data: Float32Array.of(1), width: 1, height: 1, view, run }, mask);
    ofMask.set(part, found);
    // Another try begins anew.
    found.catch(() => ofMask.delete(part));
  }
  return found;
}
