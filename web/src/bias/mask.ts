/** A region of a photo. */
import { pencil } from "../dom/pencil.js";

/** It covers the whole photo, upright, at a size of its own. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** 1 inside and 0 outside, row by row. */
  readonly data: Uint8Array;
}

/** Half of the way from black to white, and from nothing to opaque. */
const HALF = 127;

/** A picture whose white pixels are inside; `candling audit` reads its masks in the same way. */
export async function maskOf(picture: Blob): Promise<Mask> {
  const bitmap = await createImageBitmap(picture);
  try {
    const { width, height } = bitmap;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = pencil(canvas);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const inside = Uint8Array.from({ length: width * height }, (_, at) => Number((data[4 * at] ?? 0) > HALF && (data[4 * at + 3] ?? 0) > HALF));
    return { width, height, data: inside };
  } finally {
    bitmap.close();
  }
}
