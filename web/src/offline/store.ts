/**
 * The files that are stored on this device.
 *
 * Each version has its code in a cache of its own. Large files are in one cache for all versions, by digest,
 * so that an update downloads only those that changed. Other sites may share the origin: every name contains
 * the folder of this one.
 */
import { digest } from "./digest.js";
import type { File } from "./network.js";
import { digestOf, groupOf, isLarge, largePaths, scope, version } from "./site.js";

const codeCaches = `candling-code ${scope} `;
const codeCache = codeCaches + version;
const largeCache = `candling-files ${scope}`;

/**
 * Returns a stored file. It is verified: a truncated or damaged entry is deleted and counts as missing, as
 * everything does if the storage fails.
 */
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

/** Whether there is an entry, intact or damaged. */
export async function has(path: string): Promise<boolean> {
  const cache = await caches.open(cacheOf(path));
  return (await cache.match(keyOf(path))) !== undefined;
}

/**
 * Stores a verified file; returns `false` if there is no room, which only means that a later visit needs the
 * network.
 */
export async function put(path: string, { bytes, headers }: File): Promise<boolean> {
  try {
    const cache = await caches.open(cacheOf(path));
    await cache.put(keyOf(path), new Response(bytes, { headers }));
    return true;
  } catch {
    return false;
  }
}

/** Whether the code of another version is stored. */
export async function hasEarlierVersion(): Promise<boolean> {
  return (await caches.keys()).some((name) => name.startsWith(codeCaches) && name !== codeCache);
}

/** The groups of large files that are stored in any version. */
export async function keptGroups(): Promise<ReadonlySet<string>> {
  const cache = await caches.open(largeCache);
  const keys = await cache.keys();
  return new Set(keys.map(({ url }) => groupOf(new URL(url).href.slice(scope.length).replace(/\?.*/, ""))));
}

/** Deletes files that only other versions have. */
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
