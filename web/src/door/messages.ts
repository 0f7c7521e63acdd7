/** What the page and the door (`door.html`) say to each other. */

/** Through `postMessage`, with a port for the answer. */
export interface DoorRequest {
  readonly kind: "fetch";
  /** An absolute address. */
  readonly address: string;
}

/** Through that port. */
export type DoorAnswer =
  | { readonly kind: "picture"; readonly blob: Blob }
  /** The host could not be reached, or does not let other pages read what it sends; a browser does not tell which. */
  | { readonly kind: "unreadable" }
  /** The host answered with an error. */
  | { readonly kind: "refused"; readonly status: number }
  /** What is there is no picture but, by the host's word, of this media type. */
  | { readonly kind: "no-picture"; readonly type: string }
  | { readonly kind: "too-large" };

/** Pictures by link may have so many bytes. */
export const MOST_BYTES = 64 * 1024 * 1024;
