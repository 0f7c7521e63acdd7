/** What the network's classifier sees of a photo: all that a head learns from. */
import type { Candling } from "../candling.js";

/** One forward pass, of which nothing else is kept. */
export async function featuresOf(candling: Candling, photo: Blob, signal: AbortSignal): Promise<Float32Array> {
  const run = await candling.run(photo, { signal });
  try {
    return await run.features();
  } finally {
    run.free();
  }
}
