/** A model on its way from one page of the site to another: kept on this device, in a place of its own, until another one takes it. */

/** Beside whatever else lies on this origin. */
const CACHE = `candling-model ${new URL("./", document.baseURI).href}`;

/** Its address; nothing of this name is ever asked of the network. */
export const HANDED_OVER = new URL("handed-over.safetensors", document.baseURI).href;

/** Where the lab shows it, with its heatmaps at a layer: those of the page that it comes from. */
export function labWithOwn(layer?: string): string {
  const at = layer === undefined ? "" : `&layer=${encodeURIComponent(layer)}`;
  return `./?model=own${at}`;
}

/** Keeps a model for `handedOver`. Fails where the browser keeps nothing, as in a page that is not a secure context. */
export async function handOver(model: Blob): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(HANDED_OVER, new Response(model));
}

/** The model that was kept last. */
export async function handedOver(): Promise<Blob | undefined> {
  const response = await (await caches.open(CACHE)).match(HANDED_OVER);
  return response?.blob();
}
