/**
 * Detection of browsers that falsify pixels read from a canvas. Against fingerprinting some return noise
 * (Firefox with `privacy.resistFingerprinting`: Tor, Mullvad, LibreWolf) or change a few slightly (Brave),
 * and do not say so.
 */
import { codes } from "./protocol.js";

/** Side of the test picture. If one pixel in a hundred is changed, that shows among so many. */
const SIDE = 32;

/** The advice for browsers that withhold pixels. */
export const ALLOW =
  "this browser gives pages noise instead of pixels, as a protection against fingerprinting; allow this site to read canvas data (in Firefox by the " +
  "picture in the address bar, in Brave by its shields)";

/** The test picture: opaque pixels, all different. */
function known(): ImageData {
  const picture = new ImageData(SIDE, SIDE);
  picture.data.forEach((_, at, data) => (data[at] = at % 4 === 3 ? 255 : (at * 37) % 251));
  return picture;
}

/** Whether the test succeeded; it is repeated until then, as visitors may allow it. */
let isTrue = false;

export function givesPixels(): boolean {
  if (isTrue) return true;
  const picture = known();
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  context?.putImageData(picture, 0, 0);
  const read = context?.getImageData(0, 0, SIDE, SIDE).data;
  return (isTrue = read !== undefined && isKnown(read));
}

/** Throws if pixels are withheld, before a picture of noise is written. */
export function checkPixels(): void {
  if (!givesPixels()) throw Object.assign(new Error(ALLOW), { code: codes.unavailable });
}

/** Whether these are the pixels of `knownBitmap`. */
export function isKnown(read: Uint8ClampedArray): boolean {
  return known().data.every((value, at) => value === read[at]);
}

export function knownBitmap(): Promise<ImageBitmap> {
  return createImageBitmap(known());
}
