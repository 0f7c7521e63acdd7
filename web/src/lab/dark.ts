/**
 * Test whether a photo is dark where a map is strongest: the scale of light then shows it brighter than it
 * is.
 */
import type { Explanation } from "../candling.js";
import { make, context2d } from "../dom/page.js";

/**
 * Mean colour, 0 to 255, below which a place is dark: a quarter of the range. The light raises the strongest
 * place to a luma of 160.
 */
const DARK = 64;
/** Side of the examined part, as a share of the photo's sides: a cell of the last layer. */
const PART = 1 / 7;
/** Number of sampled points across and down. */
const POINTS = 8;

export function isDarkAtPeak({ peak, run: { photo, width, height } }: Explanation): boolean {
  if (photo === undefined) return false;
  const context = context2d(make("canvas", { width: POINTS, height: POINTS }));
  // as the network sees it: transparent pixels lie on white
  context.fillStyle = "#fff";
  context.fillRect(0, 0, POINTS, POINTS);
  const from = (at: number, side: number) => Math.min(1 - PART, Math.max(0, at / side - PART / 2));
  const part = [
    from(peak.x, width) * photo.width,
    from(peak.y, height) * photo.height,
    PART * photo.width,
    PART * photo.height,
  ] as const;
  context.drawImage(photo, ...part, 0, 0, POINTS, POINTS);
  const { data } = context.getImageData(0, 0, POINTS, POINTS);
  return data.reduce((sum, level) => sum + level) / data.length < (3 * DARK + 255) / 4;
}
