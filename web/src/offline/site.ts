/** The version of the site that this worker was built for: its files and their digests. */

interface Manifest {
  /** Names this set of files and no other. */
  readonly version: string;
  /** SHA-256 by path, in hexadecimal: what every visit needs. */
  readonly code: Readonly<Record<string, string>>;
  /** The same for what only some visits need: engines, models, pictures. */
  readonly large: Readonly<Record<string, string>>;
}

/** Written in by the build. */
declare const SITE: Manifest;
declare const self: ServiceWorkerGlobalScope;

/** The folder that the site lies in, with a slash at its end: any folder of any host. */
export const scope = new URL("./", self.location.href).href;
export const version = SITE.version;
export const codePaths: readonly string[] = Object.keys(SITE.code);
export const largePaths: readonly string[] = Object.keys(SITE.large);

/** The SHA-256 of a file; undefined where the site has no such file. */
export function digestOf(path: string): string | undefined {
  return own(SITE.code, path) ?? own(SITE.large, path);
}

export function isLarge(path: string): boolean {
  return Object.hasOwn(SITE.large, path);
}

/** The path of the site's file at an address, or undefined. A document is the same under every query, which is its script's to
 *  read; a folder's document is its `index.html`. */
export function pathOf(address: string, isDocument = false): string | undefined {
  const url = new URL(address);
  url.hash = "";
  if (isDocument) url.search = "";
  if (!url.href.startsWith(scope)) return undefined;
  const path = url.href.slice(scope.length);
  const named = isDocument && (path === "" || path.endsWith("/")) ? `${path}index.html` : path;
  return digestOf(named) === undefined ? undefined : named;
}

/** What is kept together or not at all: a build of the engine, which is several files; every other large file by itself. */
export function groupOf(path: string): string {
  return /^lib\/[^/]+\//.exec(path)?.[0] ?? path;
}

function own(paths: Readonly<Record<string, string>>, path: string): string | undefined {
  return Object.hasOwn(paths, path) ? paths[path] : undefined;
}
