/** The photo in the light DOM, and its pixels. */
import { codes } from "../protocol.js";
import { failure } from "./failure.js";

/**
 * Waits until the image is loaded. Fails with `image-unreachable`, `tainted-image`, or the signal's reason.
 */
export async function photoOf(
  image: HTMLImageElement | undefined,
  signal: AbortSignal,
): Promise<HTMLImageElement | Blob> {
  if (image === undefined)
    throw failure(codes.imageUnreachable, "there is no photo; put an <img> into the element");
  await arrival(image, signal);
  return readable(image) ? image : fetchAgain(image.currentSrc, signal);
}

function arrival(image: HTMLImageElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const unreachable = () => {
      const address = image.currentSrc || image.src;
      const reason =
        address === "" ? "the <img> has no src" : `the photo ${shorten(address)} could not be loaded`;
      reject(failure(codes.imageUnreachable, `${reason}; give it the address of a picture`));
    };
    if (signal.aborted) return reject(signal.reason);
    // a lazy image would never load while it is far from the window
    if (image.loading === "lazy") image.loading = "eager";
    if (image.complete) return image.naturalWidth > 0 ? resolve() : unreachable();
    const once = { once: true, signal } as const;
    image.addEventListener("load", () => resolve(), once);
    image.addEventListener("error", unreachable, once);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Whether a page may read the pixels of an image: its own pictures, and others that came with CORS. */
function readable({ currentSrc, crossOrigin }: HTMLImageElement): boolean {
  const { origin, protocol } = new URL(currentSrc, document.baseURI);
  return crossOrigin !== null || origin === location.origin || protocol === "data:";
}

/**
 * Fetches a picture of another origin whose `<img>` has no `crossorigin`: its host may allow it nevertheless.
 * Not from the cache, whose copy lacks the CORS header.
 */
async function fetchAgain(address: string, signal: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(address, { mode: "cors", credentials: "omit", cache: "no-cache", signal });
    if (!response.ok) throw new Error(`its host answered ${response.status}`);
    return await response.blob();
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failure(
      codes.taintedImage,
      `the photo ${shorten(address)} is another origin's, and its pixels may not be read (${reason}); serve it from this origin, or with ` +
        `access-control-allow-origin and crossorigin="anonymous" on the <img>`,
    );
  }
}

/** Shortens addresses for messages: `data:` ones are long. */
function shorten(address: string): string {
  return address.length > 120 ? `${address.slice(0, 119)}…` : address;
}
