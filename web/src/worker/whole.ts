/**
 * Whether every browser reads a picture file alike: it is complete, and not in CMYK. A cheap test of its
 * bytes; false in doubt.
 */
import { itemAt } from "../platform/known.js";

const [START_OF_SCAN, END_OF_IMAGE] = [0xda, 0xd9];

export function isPlain(format: string, bytes: Uint8Array): boolean {
  switch (format) {
    case "jpeg":
      return isPlainJpeg(bytes);
    case "png":
      return endsWith(bytes, "IEND", 8);
    case "gif":
      return bytes.at(-1) === 0x3b;
    case "webp":
      return bytes.length >= 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
    default:
      return true;
  }
}

/**
 * Whether an end-of-image marker follows the first scan, and the frame has at most three colour components.
 */
function isPlainJpeg(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return false;
    const marker = itemAt(bytes, at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return endsAfter(bytes, at);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame && itemAt(bytes, at + 9) > 3) return false;
    at += 2 + (itemAt(bytes, at + 2) << 8) + itemAt(bytes, at + 3);
  }
  return false;
}

/**
 * Searches from the end: what follows the picture, such as a video, is seldom long, and a thumbnail lies
 * before the scan.
 */
function endsAfter(bytes: Uint8Array, scan: number): boolean {
  for (let at = bytes.length - 1; at > scan; at--) {
    at = bytes.lastIndexOf(END_OF_IMAGE, at);
    if (at > scan && bytes[at - 1] === 0xff) return true;
  }
  return false;
}

function endsWith(bytes: Uint8Array, word: string, within: number): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(-within)).includes(word);
}
