/**
 * The share of a map's evidence in a region (energy-based pointing game), and that of a uniform map as its
 * baseline.
 */
import { evidenceIn, type Measured } from "./examine.js";
import type { Mask, MaskSource } from "./mask.js";
import type { Trainer } from "./trainer.js";

/** The measurement of one photo in one region. */
export interface Inside {
  /** The share of evidence; undefined for a map without evidence. */
  readonly share: number | undefined;
  /** Baseline: the share that a uniform map would have in this region. */
  readonly evenly: number | undefined;
  /** Whether the sizes of the mask's file and of the photo differ. */
  readonly scaled?: boolean;
}

/**
 * Baselines by mask and by the part of the photo that the network saw: where a region is the same in all
 * photos, it is measured once.
 */
const known = new WeakMap<Mask, Map<string, Promise<number | undefined>>>();

export async function measureInside(trainer: Trainer, map: Measured, mask: Mask): Promise<Inside> {
  if (mask.source !== undefined) return inFile(trainer, map, mask.source);
  const [share, evenly] = await Promise.all([evidenceIn(trainer, map, mask), evenlyIn(trainer, map, mask)]);
  return { share, evenly };
}

/** Measures in a mask's file at its own size, as the command does. */
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
    // after a failure the next call tries again
    found.catch(() => ofMask.delete(part));
  }
  return found;
}
