/** Storing files: all code at installation, and large files when they were used. */
import type { Keep } from "./messages.js";
import { fetchFile, Outdated, verify } from "./network.js";
import { codePaths, groupOf, largePaths, pathOf } from "./site.js";
import { has, hasEarlierVersion, keptGroups, put } from "./store.js";

declare const self: ServiceWorkerGlobalScope;

/**
 * Stores all code, and the new version of each large file that was stored before: who could work offline
 * yesterday can after an update. Fails as a whole if the site is incomplete, or if there is no room for it
 * beside a complete earlier version.
 */
export async function install(): Promise<void> {
  const stored = await Promise.all(codePaths.map(async (path) => put(path, await fetchFile(path))));
  const before = await keptGroups();
  for (const path of largePaths) {
    if (before.has(groupOf(path)) && !(await has(path)))
      stored.push(await put(path, await fetchFile(path, "low")));
  }
  if (stored.includes(false) && (await hasEarlierVersion())) {
    throw new Error("there is no room for the new version; the one before it stays");
  }
}

/**
 * Stores large files one after the other, so that the visitor's own downloads go first. Resolves with whether
 * all are stored.
 */
export async function keep({ loaded, build, model, file, samples }: Keep): Promise<boolean> {
  try {
    const engines = builds(build);
    const seen = new Set(loaded.map((address) => pathOf(address)));
    const wanted = (path: string) =>
      seen.has(path) || engines.has(groupOf(path)) || (samples && path.startsWith("samples/"));
    let complete = await keepModel(pathOf(model), file);
    for (const path of largePaths) {
      if (wanted(path) && !(await has(path))) complete = (await keepFile(path)) && complete;
    }
    return complete;
  } catch {
    return false;
  }
}

/** Stores a file; a failure does not stop the others. */
async function keepFile(path: string): Promise<boolean> {
  try {
    return await put(path, await fetchFile(path, "low"));
  } catch (error) {
    if (error instanceof Outdated) self.registration.update().catch(() => {}); // tried again by the browser
    return false;
  }
}

/** Stores the model, whose bytes the page has already, if it is a file of the site. */
async function keepModel(path: string | undefined, file: Blob): Promise<boolean> {
  if (path === undefined || (await has(path))) return true;
  const bytes = await file.arrayBuffer();
  await verify(path, bytes);
  return put(path, { bytes, headers: new Headers({ "content-type": "application/octet-stream" }) });
}

/** The builds to store: the engine with threads uses workers without threads (occlusion maps). */
function builds(build: string): ReadonlySet<string> {
  return new Set((build === "threads" ? [build, "relaxed-simd"] : [build]).map((name) => `lib/${name}/`));
}
