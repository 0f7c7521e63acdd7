/** What is kept beyond the code, and when it is fetched. */
import type { Keep } from "./messages.js";
import { fetchFile, Outdated, verify } from "./network.js";
import { codePaths, groupOf, largePaths, pathOf } from "./site.js";
import { has, hasEarlierVersion, keptGroups, put } from "./store.js";

declare const self: ServiceWorkerGlobalScope;

/** All code, and a newer one of each large file that was kept before: who could do without the network yesterday can after an
 *  update. Fails as a whole where the site is not whole, or where there is no room for it beside a version that was kept whole. */
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

/** One file after the other, so that whatever the visitor does goes first. Resolves with whether all are kept. */
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

/** One that cannot be had does not keep the others from being kept. */
async function keepFile(path: string): Promise<boolean> {
  try {
    return await put(path, await fetchFile(path, "low"));
  } catch (error) {
    if (error instanceof Outdated) self.registration.update().catch(() => {}); // tried again by the browser
    return false;
  }
}

/** The page has the bytes already. A model that is not of the site is not the site's to keep. */
async function keepModel(path: string | undefined, file: Blob): Promise<boolean> {
  if (path === undefined || (await has(path))) return true;
  const bytes = await file.arrayBuffer();
  await verify(path, bytes);
  return put(path, { bytes, headers: new Headers({ "content-type": "application/octet-stream" }) });
}

/** The engine with threads has helpers without them (occlusion maps). */
function builds(build: string): ReadonlySet<string> {
  return new Set((build === "threads" ? [build, "relaxed-simd"] : [build]).map((name) => `lib/${name}/`));
}
