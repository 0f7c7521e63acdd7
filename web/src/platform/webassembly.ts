/** WebAssembly itself: a browser may have none, and a page may be forbidden to use it. */

/** The least that is a module: magic number and version (WebAssembly core specification, 5.5.16). */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Why no module can run here, in one lowercase sentence; undefined where one can. Nothing need be downloaded for one before this was asked. */
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
