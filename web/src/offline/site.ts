/** The version of the site that this worker was built for: its files and their digests. */

interface Manifest {
  /** Identifies this set of files. */
  readonly version: string;
  /** SHA-256 by path, in hexadecimal, of files that every visit needs. */
  readonly code: Readonly<Record<string, string>>;
  /** The same for files that only some visits need: engines, models, pictures. */
  readonly large: Readonly<Record<string, string>>;
}

/** The manifest, inserted by the build. */
declare const SITE: Manifest;
declare const self: ServiceWorkerGlobalScope;

/** The folder of the site, with a final slash: any folder of any host. */
export const scope = new URL("./", self.location.href).href;
export const version = SITE.version;
export const codePaths: readonly string[] = Object.keys(SITE.code);
export const largePaths: readonly string[] = Object.keys(SITE.large);

/** The SHA-256 of a file; undefined if the site has no such file. */
export function digestOf(path: string): string | undefined {
  return own(SITE.code, path) ?? own(SITE.large, path);
}

export function isLarge(path: string): boolean {
  return Object.hasOwn(SITE.large, path);
}

/**
 * The path of the site's file at an address, or undefined. A document is the same for every query, which only
 * its script reads; the document of a folder is its `index.html`.
 */
export function pathOf(address: string, isDocument = false): string | undefined {
  const url = new URL(address);
  url.hash = "";
  if (isDocument) url.search = "";
  if (!url.href.startsWith(scope)) return undefined;
  const path = url.href.slice(scope.length);
  const named = isDocument && (path === "" || path.endsWith("/")) ? `${path}index.html` : path;
  return digestOf(named) === undefined ? undefined : named;
}

/**
 * The group of files that are stored together: a build of the engine, which is several files; every other
 * large file is a group by itself.
 */
export function groupOf(path: string): string {
  return /^lib\/[^/]+\//.exec(path)?.[0] ?? path;
}

function own(paths: Readonly<Record<string, string>>, path: string): string | undefined {
  return Object.hasOwn(paths, path) ? paths[path] : undefined;
}
