/** Availability of WebAssembly: a browser may lack it, and a page may be forbidden to use it. */

/** The smallest module: magic number and version (WebAssembly core specification, 5.5.16). */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/**
 * Why no module can run here, in one lowercase sentence; undefined if one can. To be called before a module
 * is downloaded.
 */
export function noWebAssembly(): string | undefined {
  if (typeof WebAssembly !== "object") {
    return "this browser has no WebAssembly, in which everything here is computed; allow it for this site (Lockdown Mode turns it off), or use another browser";
  }
  try {
    new WebAssembly.Module(EMPTY);
    return undefined;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return (
      `this page may not run WebAssembly, in which everything here is computed: ${reason.replace(/[.\s]*$/, "")}; a content security policy ` +
      "must allow 'wasm-unsafe-eval' in script-src, for the page and for the files of its workers"
    );
  }
}
