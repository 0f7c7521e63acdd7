/**
 * Reading of a picture's pixels: from a canvas, or, if that gives noise, from a frame of WebCodecs, which
 * some browsers do not randomise.
 */
import { ALLOW, givesPixels, isKnown, knownBitmap } from "../canvas.js";
import { codes } from "../protocol.js";
import { failure } from "./failure.js";
import { itemAt } from "../platform/known.js";

/** The pixels, RGBA8 with straight alpha, of a picture that was drawn on a canvas and covers it. */
export async function pixelsOf(
  picture: ImageBitmap | VideoFrame,
  context: OffscreenCanvasRenderingContext2D,
): Promise<ImageData> {
  const { width, height } = context.canvas;
  if (givesPixels()) return context.getImageData(0, 0, width, height);
  if (typeof VideoFrame === "function") {
    const bitmap = await knownBitmap();
    if (isKnown((await copied(bitmap, bitmap.width, bitmap.height)).data))
      return copied(picture, width, height);
  }
  throw failure(codes.unavailable, `${ALLOW}, or give the picture as a jpeg or png file`);
}

async function copied(picture: ImageBitmap | VideoFrame, width: number, height: number): Promise<ImageData> {
  const frame = new VideoFrame(picture, { timestamp: 0 });
  try {
    const out = new ImageData(width, height);
    await frame.copyTo(out.data, {
      format: "RGBA",
      layout: [{ offset: 0, stride: width * 4 }],
    } as VideoFrameCopyToOptions);
    return straight(out);
  } finally {
    frame.close();
  }
}

/** Undoes the premultiplied alpha of frames. */
function straight(picture: ImageData): ImageData {
  const { data } = picture;
  for (let at = 3; at < data.length; at += 4) {
    const alpha = itemAt(data, at);
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = at - 3; channel < at; channel++) data[channel] = (itemAt(data, channel) * 255) / alpha;
  }
  return picture;
}
