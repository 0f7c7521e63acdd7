/** What the network's classifier sees of a photo: all that a head learns from. */
import type { Candling } from "../candling.js";

export interface Look {
  readonly features: Float32Array;
  /** Notes of the run: what the photo was read in spite of. */
  readonly notes: readonly string[];
}

/** One forward pass, of which nothing else is kept. */
export async function featuresOf(candling: Candling, photo: Blob, signal: AbortSignal): Promise<Look> {
  const run = await candling.run(photo, { signal });
  try {
    return { features: await run.features(), notes: run.notes };
  } finally {
    run.free();
  }
}
