/**
 * Passing a model from one page of the site to another: stored on this device, in a cache of its own, until
 * another model replaces it.
 */

/** Name of the cache, which includes the folder because other sites may share the origin. */
const CACHE = `candling-model ${new URL("./", document.baseURI).href}`;

/** Address of the model; it is never requested from the network. */
export const HANDED_OVER = new URL("handed-over.safetensors", document.baseURI).href;

/** The address of the lab with this model, and with the layer of the page that passed it. */
export function labWithOwn(layer?: string): string {
  const at = layer === undefined ? "" : `&layer=${encodeURIComponent(layer)}`;
  return `./?model=own${at}`;
}

/** Stores a model for `handedOver`. Fails if the browser stores nothing, as in an insecure context. */
export async function handOver(model: Blob): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(HANDED_OVER, new Response(model));
}

/** Returns the model that was stored last. */
export async function handedOver(): Promise<Blob | undefined> {
  const response = await (await caches.open(CACHE)).match(HANDED_OVER);
  return response?.blob();
}
