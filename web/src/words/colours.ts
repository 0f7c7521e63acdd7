/** Colours of heatmaps, and their defaults. */

/** The names of all colormaps. */
export const COLOURS: readonly string[] = ["candle", "turbo", "inferno", "viridis", "jet"];

/** The scale of light, which darkens the photo where there is no evidence. */
export const LIGHT = "candle";

/**
 * Default opacity of a heatmap in these colours, 0 to 1: light has no effect at half its strength, and paint
 * at full strength hides the photo.
 */
export function usualOpacity(colormap: string): number {
  return colormap === LIGHT ? 0.95 : 0.5;
}
