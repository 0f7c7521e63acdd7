/** Painting of maps by the engine: the only place with its order of arguments. */
import type { Backdrop, MapData } from "../protocol.js";
import type { Wasm } from "./engine.js";

interface Paint {
  readonly colormap: string;
  readonly opacity: number;
  readonly scale?: number | undefined;
}

/**
 * Paints RGBA of this width and height. Colours that depend on the photo assume an even grey without a
 * backdrop.
 */
export function paint(
  wasm: Wasm,
  { data, channels, height, width }: MapData,
  [across, down]: readonly [number, number],
  { colormap, opacity, scale }: Paint,
  backdrop?: Backdrop,
): Uint8ClampedArray {
  const under =
    backdrop === undefined ? ([new Uint8Array(), 0, 0, new Float64Array()] as const) : laid(backdrop);
  return wasm.render(data, channels, height, width, across, down, colormap, opacity, scale, ...under);
}

function laid({ seen, width, height, area }: Backdrop): readonly [Uint8Array, number, number, Float64Array] {
  return [seen, width, height, Float64Array.from(area)];
}
