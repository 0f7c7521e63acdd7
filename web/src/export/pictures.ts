/** The photo and its maps as small pictures in `data:` URLs. */
import type { Explanation } from "../candling.js";
import type { ExportContents } from "./options.js";

/** An attempt at a picture: longest side in pixels, and quality of the encoder, 0 to 1. */
interface Try {
  readonly size: number;
  readonly quality: number;
}

const PHOTO: readonly Try[] = tries([1000, 800, 640, 480, 320], [0.86, 0.76, 0.66, 0.56]);

/**
 * Attempts for a heatmap, which is a few dozen smoothly drawn cells: few pixels are enough, and the browser's
 * smoothing does the rest.
 */
const HEATMAP: readonly Try[] = tries([256, 192, 128, 96, 64], [0.9, 0.75]);

/** Attempts for a pixel map, which has as many values as the network's input has pixels. */
const PIXELS: readonly Try[] = tries([448, 224, 160, 112], [0.85, 0.7, 0.5]);

/** Largest size of one map in bytes; in a `data:` URL it takes four thirds of that. */
const MAP_BYTES = { heatmap: 24_000, pixels: 45_000 };

/**
 * The photo, upright and on white, as the network sees transparent pixels, in at most `most` bytes as a
 * `data:` URL.
 */
export async function photoPicture({ photo }: ExportContents, most: number): Promise<string> {
  return smallest(PHOTO, "image/jpeg", most, async ({ size }) => {
    const canvas = sheet(photo.width, photo.height, size);
    const context = context2d(canvas);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    return canvas;
  });
}

/**
 * A map without the photo: colours with alpha for one channel, colours on grey for three. All maps of a page
 * share `most` bytes.
 */
export async function mapPicture(
  { maps, colormap, opacity, scale, signal }: ExportContents,
  map: Explanation,
  most: number,
): Promise<string> {
  const isHeatmap = map.channels === 1;
  const bytes = Math.min(most / maps.length, (4 / 3) * (isHeatmap ? MAP_BYTES.heatmap : MAP_BYTES.pixels));
  // JPEG, which every browser compresses well, has no alpha
  return smallest(
    isHeatmap ? HEATMAP : PIXELS,
    isHeatmap ? "image/webp" : "image/jpeg",
    bytes,
    async ({ size }) => {
      const canvas = sheet(map.view.width, map.view.height, size, true);
      const how = { colormap, opacity, scale: isHeatmap ? scale : undefined, ...signal };
      const picture = await map.render({ width: canvas.width, height: canvas.height, ...how });
      context2d(canvas).drawImage(picture, 0, 0);
      picture.close();
      return canvas;
    },
  );
}

/** The colour scale, 0 at the left. */
export async function scalePicture({ candling, colormap, opacity, signal }: ExportContents): Promise<string> {
  const canvas = new OffscreenCanvas(128, 1);
  const ramp = await candling.ramp({
    width: canvas.width,
    height: canvas.height,
    colormap,
    opacity,
    ...signal,
  });
  context2d(canvas).drawImage(ramp, 0, 0);
  ramp.close();
  return addressOf(await canvas.convertToBlob({ type: "image/png" }));
}

/**
 * Encodes the first attempt that fits, else the last. A browser that cannot encode WebP returns PNG instead.
 */
async function smallest(
  all: readonly Try[],
  type: string,
  most: number,
  draw: (each: Try) => Promise<OffscreenCanvas>,
): Promise<string> {
  let drawn: { readonly size: number; readonly canvas: OffscreenCanvas } | undefined;
  let address = "";
  for (const each of all) {
    if (drawn?.size !== each.size) drawn = { size: each.size, canvas: await draw(each) };
    address = await addressOf(await drawn.canvas.convertToBlob({ type, quality: each.quality }));
    if (address.length <= most) break;
  }
  return address;
}

/** All combinations of sizes and qualities, the best first. */
function tries(sizes: readonly number[], qualities: readonly number[]): readonly Try[] {
  return sizes.flatMap((size) => qualities.map((quality) => ({ size, quality })));
}

/**
 * A canvas of these proportions whose longest side is `size`; smaller if the picture is, unless it may be
 * `enlarged`.
 */
function sheet(width: number, height: number, size: number, enlarged = false): OffscreenCanvas {
  const longest = Math.max(width, height);
  const scale = size / (enlarged ? longest : Math.max(longest, size));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return new OffscreenCanvas(side(width), side(height));
}

function context2d(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser gives no canvas to draw on");
  return context;
}

function addressOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
