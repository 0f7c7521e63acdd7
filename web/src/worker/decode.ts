/**
 * Decoding of a photo into pixels. The browser's own decoder is used, except in these cases, so that the same
 * file gives the same picture in all browsers and on the command line: the browser refuses the file; it may
 * be truncated, which browsers do not report; it is in CMYK, whose profile not all apply; the browser
 * randomises canvas pixels. Then our own decoder is used.
 *
 * Alpha: a 2D canvas stores premultiplied colours, so `getImageData` returns rounded ones where a picture is
 * nearly transparent. The engine composites over white, which multiplies by alpha again and reduces that
 * error below one level. `ImageData` never goes through a canvas and stays exact.
 */
import { givesPixels } from "../canvas.js";
import { codes, type ModuleFiles, type PhotoMessage, type RunTimings } from "../protocol.js";
import { type DecodedPhoto, read } from "./decoder.js";
import { failure, toFailure } from "./failure.js";
import { pixelsOf } from "./pixels.js";
import { isPlain } from "./whole.js";

type Probe = (bytes: Uint8Array) => { format: string; width: number; height: number };

export interface Decoded {
  /** Upright (EXIF orientation applied), for showing. */
  readonly bitmap: ImageBitmap;
  /** RGBA8, straight alpha. */
  readonly pixels: { readonly data: Uint8Array; readonly width: number; readonly height: number };
  /** Defects in spite of which it was read. */
  readonly notes: readonly string[];
  readonly timings: Pick<RunTimings, "read" | "decode">;
}

/**
 * Number of first bytes given to `probe`: past any EXIF, colour profile and embedded depth map seen in the
 * wild.
 */
const HEADER_BYTES = 16 * 1024 * 1024;

/** Formats that every current browser decodes: if one fails, the file is damaged rather than unsupported. */
const READ_EVERYWHERE: ReadonlySet<string> = new Set(["jpeg", "png", "gif", "webp", "bmp", "ico", "avif"]);

/** Formats of our own decoder. */
const READ_HERE: ReadonlySet<string> = new Set(["jpeg", "png", "gif", "webp", "bmp", "tiff"]);

/** Side of a JPEG block, in pixels, and the range around the grey that decoders paint for missing blocks. */
const [BLOCK, DARKEST, LIGHTEST] = [8, 96, 160];

export async function decode(photo: PhotoMessage, probe: Probe, decoder: ModuleFiles): Promise<Decoded> {
  const start = performance.now();
  // the header first: a picture that claims 400 megapixels must be refused before a decoder takes 1.6 GB for
  // it
  let bytes = photo.form === "blob" ? await bytesOf(photo.blob.slice(0, HEADER_BYTES)) : new Uint8Array();
  const format = photo.form === "blob" ? probe(bytes).format : "";
  if (photo.form === "blob" && photo.blob.size > HEADER_BYTES && READ_HERE.has(format))
    bytes = await bytesOf(photo.blob);
  const read = performance.now();
  const { bitmap, pixels, notes } = await decoded(photo, bytes, format, decoder);
  const { data, width, height } = pixels;
  return {
    bitmap,
    pixels: { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height },
    notes,
    timings: { read: read - start, decode: performance.now() - read },
  };
}

interface Both extends DecodedPhoto {
  readonly bitmap: ImageBitmap;
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    throw failure(
      codes.corruptImage,
      "the file could not be read; it may have been moved, changed or be a folder",
    );
  }
}

async function decoded(
  photo: PhotoMessage,
  bytes: Uint8Array,
  format: string,
  decoder: ModuleFiles,
): Promise<Both> {
  if (photo.form === "pixels") {
    const pixels = new ImageData(photo.data, photo.width, photo.height);
    return { bitmap: await createImageBitmap(pixels), pixels, notes: [] };
  }
  if (photo.form === "bitmap") return ofBitmap(photo.bitmap, photo.address, decoder);
  const isOurs = READ_HERE.has(format) && !(isPlain(format, bytes) && givesPixels());
  if (isOurs) return byUs(decoder, bytes, photo.blob);
  const bitmap = await createImageBitmap(photo.blob, { imageOrientation: "from-image" }).catch(
    () => undefined,
  );
  if (bitmap === undefined) {
    if (READ_HERE.has(format)) return byUs(decoder, bytes);
    throw READ_EVERYWHERE.has(format)
      ? failure(
          codes.corruptImage,
          `the ${format} file is damaged or cut short; open it in another program and save it again`,
        )
      : failure(
          codes.unsupportedFormat,
          `${format} is not read by this browser; save the picture as jpeg or png`,
        );
  }
  const both = await byBrowser(bitmap);
  if (format !== "jpeg" || !hasGreyCorner(both.pixels)) return both;
  bitmap.close();
  return byUs(decoder, bytes);
}

/** Decodes a bitmap; its file is fetched only if the picture looks truncated. */
async function ofBitmap(
  bitmap: ImageBitmap,
  address: string | undefined,
  decoder: ModuleFiles,
): Promise<Both> {
  const both = await byBrowser(bitmap);
  if (address === undefined || !address.startsWith("http") || !hasGreyCorner(both.pixels)) return both;
  const file = await fetch(address, { cache: "force-cache" })
    .then((response) => response.blob())
    .catch(() => undefined);
  if (file?.type !== "image/jpeg") return both;
  bitmap.close();
  return byUs(decoder, await bytesOf(file));
}

async function byBrowser(bitmap: ImageBitmap): Promise<Both> {
  try {
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", {
      willReadFrequently: true,
    });
    if (context === null)
      throw failure(codes.imageTooLarge, "the browser has no canvas for a picture of this size");
    context.drawImage(bitmap, 0, 0);
    return { bitmap, pixels: await pixelsOf(bitmap, context), notes: [] };
  } catch (error) {
    bitmap.close();
    throw error;
  }
}

/**
 * Decodes with our own decoder. For unsupported variants of a format it falls back to the browser, if there
 * is a `blob`.
 */
async function byUs(decoder: ModuleFiles, bytes: Uint8Array, blob?: Blob): Promise<Both> {
  try {
    const picture = await read(decoder, bytes);
    return { ...picture, bitmap: await createImageBitmap(picture.pixels) };
  } catch (error) {
    const bitmap =
      blob !== undefined && toFailure(error).code === codes.unsupportedFormat
        ? await createImageBitmap(blob, { imageOrientation: "from-image" }).catch(() => undefined)
        : undefined;
    if (bitmap === undefined) throw error;
    return byBrowser(bitmap);
  }
}

/**
 * Whether a corner is uniformly middle grey, as in a truncated JPEG that was closed with an end marker. Which
 * corner is last depends on its orientation.
 */
function hasGreyCorner({ data, width, height }: ImageData): boolean {
  const isGrey = (left: number, top: number) => {
    const at = (x: number, y: number) =>
      4 * (Math.min(top + y, height - 1) * width + Math.min(left + x, width - 1));
    const [red = 0, green = 0, blue = 0] = data.subarray(at(0, 0));
    if (red < DARKEST || red > LIGHTEST || Math.abs(red - green) > 1 || Math.abs(red - blue) > 1)
      return false;
    for (let pixel = 0; pixel < BLOCK * BLOCK; pixel++) {
      const here = at(pixel % BLOCK, Math.floor(pixel / BLOCK));
      if (data[here] !== red || data[here + 1] !== green || data[here + 2] !== blue) return false;
    }
    return true;
  };
  const [right, bottom] = [Math.max(0, width - BLOCK), Math.max(0, height - BLOCK)];
  return isGrey(0, 0) || isGrey(right, 0) || isGrey(0, bottom) || isGrey(right, bottom);
}
