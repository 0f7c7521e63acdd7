/** Conversion of picture sources of a page into photos for the worker. */
import { givesPixels } from "../canvas.js";
import { codes, MAX_PIXELS, type PhotoMessage } from "../protocol.js";
import { check, nameOf } from "./check.js";
import { CandlingError } from "./error.js";

/** Inputs of `Candling.run`. The caller's own object is never transferred or closed. */
export type PhotoSource =
  | Blob
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement;

/** Captures the picture as it is now: a canvas or video may change while the call waits. */
export async function toPhoto(source: PhotoSource): Promise<PhotoMessage> {
  if (source instanceof Blob) return { form: "blob", blob: source };
  if (source instanceof ImageData) {
    checkSize(source.width, source.height);
    return {
      form: "pixels",
      data: new Uint8ClampedArray(source.data),
      width: source.width,
      height: source.height,
    };
  }
  const image = source instanceof HTMLImageElement ? source : undefined;
  // a canvas would give noise for its pixels
  let blob = image === undefined || givesPixels() ? undefined : await fileOf(image);
  if (blob === undefined) {
    try {
      return { form: "bitmap", bitmap: await toBitmap(source), address: image?.currentSrc };
    } catch (error) {
      // a browser may show a truncated file, and give no bitmap of it
      blob = image === undefined || image.naturalWidth === 0 ? undefined : await fileOf(image);
      if (blob === undefined) throw error;
    }
  }
  return { form: "blob", blob };
}

/**
 * The file of an image, from the browser's cache, for the worker to decode; undefined if it may not be
 * fetched.
 */
async function fileOf({ currentSrc }: HTMLImageElement): Promise<Blob | undefined> {
  const response = await fetch(currentSrc, { cache: "force-cache" }).catch(() => undefined);
  return response?.ok ? response.blob() : undefined;
}

/** The objects in a photo that are transferred to the worker. */
export function transferOf(photo: PhotoMessage): Transferable[] {
  switch (photo.form) {
    case "blob":
      return [];
    case "bitmap":
      return [photo.bitmap];
    case "pixels":
      return [photo.data.buffer];
  }
}

async function toBitmap(source: Exclude<PhotoSource, Blob | ImageData>): Promise<ImageBitmap> {
  try {
    if (source instanceof HTMLImageElement) {
      await source.decode();
      checkSize(source.naturalWidth, source.naturalHeight);
    } else if (source instanceof HTMLVideoElement) {
      checkSize(source.videoWidth, source.videoHeight);
    } else {
      const plain =
        source instanceof ImageBitmap ||
        source instanceof HTMLCanvasElement ||
        source instanceof OffscreenCanvas;
      check(plain, "run: a photo", "a Blob, ImageBitmap, ImageData, img, canvas or video", source);
      checkSize(source.width, source.height);
    }
    return await createImageBitmap(source);
  } catch (cause) {
    if (cause instanceof CandlingError) throw cause;
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
    throw new CandlingError({
      code: codes.corruptImage,
      message: `the ${nameOf(source)} gives no picture: ${reason}`,
    });
  }
}

function checkSize(width: number, height: number): void {
  if (width * height === 0) {
    throw new CandlingError({
      code: codes.corruptImage,
      message: `the picture is empty (${width}×${height})`,
    });
  }
  if (width * height > MAX_PIXELS) {
    throw new CandlingError({
      code: codes.imageTooLarge,
      message: `the picture has ${width}×${height} pixels; at most ${Math.floor(MAX_PIXELS / 1e6)} megapixels are read; make it smaller`,
    });
  }
}
