/** Messages between the page and the door (`door.html`). */

/** A request, sent by `postMessage` with a port for the answer. */
export interface DoorRequest {
  readonly kind: "fetch";
  /** An absolute address. */
  readonly address: string;
}

/** An answer, sent through that port. */
export type DoorAnswer =
  | { readonly kind: "picture"; readonly blob: Blob }
  /** The host could not be reached, or does not allow other origins to read; browsers do not tell which. */
  | { readonly kind: "unreadable" }
  /** The host answered with an error. */
  | { readonly kind: "refused"; readonly status: number }
  /** The response is not a picture but has this media type, according to the host. */
  | { readonly kind: "no-picture"; readonly type: string }
  | { readonly kind: "too-large" };

/** Largest size of a picture by link, in bytes. */
export const MOST_BYTES = 64 * 1024 * 1024;
