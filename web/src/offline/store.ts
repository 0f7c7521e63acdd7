/**
 * What is kept on this device.
 *
 * Each version has its code in a cache of its own. Large files lie in one cache for all versions, under their digests, so that an
 * update downloads only those that it changed. Other sites may lie on the same origin: every name has the folder of this one.
 */
import { digest } from "./digest.js";
import type { File } from "./network.js";
import { digestOf, groupOf, isLarge, largePaths, scope, version } from "./site.js";

const codeCaches = `candling-code ${scope} `;
const codeCache = codeCaches + version;
const largeCache = `candling-files ${scope}`;

/** The file as it came. What a cache gives back is checked: an entry that was cut off or damaged is dropped, and counts as
 *  missing, as everything does where the storage itself fails. */
export async function take(path: string): Promise<Response | undefined> {
  try {
    const cache = await caches.open(cacheOf(path));
    const response = await cache.match(keyOf(path));
    if (response === undefined) return undefined;
    const bytes = await response.arrayBuffer();
    if ((await digest(bytes)) === digestOf(path)) return new Response(bytes, response);
    await cache.delete(keyOf(path));
  } catch {
    // the network has it
  }
  return undefined;
}

/** Whether there is an entry, good or damaged. */
export async function has(path: string): Promise<boolean> {
  const cache = await caches.open(cacheOf(path));
  return (await cache.match(keyOf(path))) !== undefined;
}

/** Keeps a verified file; `false` where there is no room for it, which costs nothing but a later visit without a network. */
export async function put(path: string, { bytes, headers }: File): Promise<boolean> {
  try {
    const cache = await caches.open(cacheOf(path));
    await cache.put(keyOf(path), new Response(bytes, { headers }));
    return true;
  } catch {
    return false;
  }
}

/** Whether the code of another version is kept. */
export async function hasEarlierVersion(): Promise<boolean> {
  return (await caches.keys()).some((name) => name.startsWith(codeCaches) && name !== codeCache);
}

/** The large files of which any version is kept, by group. */
export async function keptGroups(): Promise<ReadonlySet<string>> {
  const cache = await caches.open(largeCache);
  const keys = await cache.keys();
  return new Set(keys.map(({ url }) => groupOf(new URL(url).href.slice(scope.length).replace(/\?.*/, ""))));
}

/** Drops what only other versions have. */
export async function prune(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(codeCaches) && name !== codeCache) await caches.delete(name);
  }
  const cache = await caches.open(largeCache);
  const ours = new Set(largePaths.map(keyOf));
  for (const { url } of await cache.keys()) if (!ours.has(url)) await cache.delete(url);
}

function cacheOf(path: string): string {
  return isLarge(path) ? largeCache : codeCache;
}

function keyOf(path: string): string {
  return isLarge(path) ? `${scope}${path}?digest=${digestOf(path)}` : scope + path;
}
