/** A model on its way from one page of the site to another: kept on this device, in a place of its own, until another one takes it. */

/** Beside whatever else lies on this origin. */
const CACHE = `candling-model ${new URL("./", document.baseURI).href}`;
const KEY = new URL("handed-over.safetensors", document.baseURI).href;

/** Keeps a model for `handedOver`. Fails where the browser keeps nothing, as in a page that is not a secure context. */
export async function handOver(model: Blob): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(KEY, new Response(model));
}

/** The model that was kept last. */
export async function handedOver(): Promise<Blob | undefined> {
  const response = await (await caches.open(CACHE)).match(KEY);
  return response?.blob();
}
