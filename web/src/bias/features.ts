/** The features of a photo, the input of the network's classifier, on which a head is trained. */
import type { Candling } from "../candling.js";

export interface Look {
  readonly features: Float32Array;
  /** Notes of the run on defects in spite of which the photo was read. */
  readonly notes: readonly string[];
}

/** Computes the features in one forward pass, of which nothing else is kept. */
export async function featuresOf(candling: Candling, photo: Blob, signal: AbortSignal): Promise<Look> {
  const run = await candling.run(photo, { signal });
  try {
    return { features: await run.features(), notes: run.notes };
  } finally {
    run.free();
  }
}
