/** The colours of heatmaps, and which they are where nobody says. */

/** All scales, by their names. */
export const COLOURS: readonly string[] = ["candle", "turbo", "inferno", "viridis", "jet"];

/** The scale of light, which takes it away where there is no evidence. */
export const LIGHT = "candle";

/** How strong a heatmap in these colours is over its photo, 0 to 1: light is nothing at half its strength, paint at full strength hides the
 *  photo. */
export function usualOpacity(colormap: string): number {
  return colormap === LIGHT ? 0.95 : 0.5;
}
