/**
 * A photo to pixels, with the browser's own decoder.
 *
 * Alpha: a 2D canvas keeps colours multiplied by alpha, so where a picture is nearly transparent `getImageData` gives them
 * back rounded. The engine lays the pixels over white, which multiplies by alpha again and brings that error back under one
 * level. `ImageData` never goes through a canvas and stays exact.
 */
import { codes, type Photo, type RunTimings } from "../protocol.js";
import { failure } from "./failure.js";

type Probe = (bytes: Uint8Array) => { format: string; width: number; height: number };

export interface Decoded {
  /** Upright (EXIF orientation applied), for showing. */
  readonly bitmap: ImageBitmap;
  /** RGBA8, straight alpha. */
  readonly pixels: { readonly data: Uint8Array; readonly width: number; readonly height: number };
  readonly timings: Pick<RunTimings, "read" | "decode">;
}

/** How much of a file `probe` is shown: past any EXIF, colour profile and embedded depth map seen in the wild. */
const HEADER_BYTES = 16 * 1024 * 1024;

/** What every browser of today decodes: when one of these fails, the file is to blame and not the format. */
const READ_EVERYWHERE: ReadonlySet<string> = new Set(["jpeg", "png", "gif", "webp", "bmp", "ico", "avif"]);

export async function decode(photo: Photo, probe: Probe): Promise<Decoded> {
  const start = performance.now();
  // A picture that claims 400 megapixels must be turned away before the decoder takes 1.6 GB for it: header first.
  const format = photo.form === "blob" ? await look(photo.blob, probe) : "";
  const read = performance.now();
  const bitmap = await toBitmap(photo, format);
  const { width, height } = bitmap;
  let data: Uint8ClampedArray;
  try {
    data = photo.form === "pixels" ? photo.data : pixelsOf(bitmap);
  } catch (error) {
    bitmap.close();
    throw error;
  }
  return {
    bitmap,
    pixels: { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height },
    timings: { read: read - start, decode: performance.now() - read },
  };
}

async function look(blob: Blob, probe: Probe): Promise<string> {
  let header: ArrayBuffer;
  try {
    header = await blob.slice(0, HEADER_BYTES).arrayBuffer();
  } catch {
    throw failure(codes.corruptImage, "the file could not be read; it may have been moved, changed or be a folder");
  }
  return probe(new Uint8Array(header)).format;
}

async function toBitmap(photo: Photo, format: string): Promise<ImageBitmap> {
  if (photo.form === "bitmap") return photo.bitmap;
  if (photo.form === "pixels") return createImageBitmap(new ImageData(photo.data, photo.width, photo.height));
  try {
    return await createImageBitmap(photo.blob, { imageOrientation: "from-image" });
  } catch {
    throw READ_EVERYWHERE.has(format)
      ? failure(codes.corruptImage, `the ${format} file is damaged or cut short; open it in another program and save it again`)
      : failure(codes.unsupportedFormat, `${format} is not read by this browser; save the picture as jpeg or png`);
  }
}

function pixelsOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw failure(codes.imageTooLarge, "the browser has no canvas for a picture of this size");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}
