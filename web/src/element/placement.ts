/** Place of a photo's pixels in its box: `object-fit` and `object-position` of CSS Images 3, section 5. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Rectangles in pixels from the corner of the photo's content box. */
export interface Placement {
  /** The whole map, which may be larger than its visible part. */
  readonly map: Box;
  /** The visible part. */
  readonly seen: Box;
  /**
   * Style of the map in its box: a photo that fills its box is cropped and moved by the browser, and so is
   * its map, as both have the same proportions.
   */
  readonly fit: Pick<CSSStyleDeclaration, "objectFit" | "objectPosition">;
}

export function placement(
  content: Size,
  { naturalWidth, naturalHeight }: HTMLImageElement,
  style: CSSStyleDeclaration,
): Placement {
  const { objectFit, objectPosition } = style;
  const whole = { left: 0, top: 0, ...content };
  const filled = objectFit === "fill" || objectFit === "cover";
  if (filled || naturalWidth * naturalHeight === 0)
    return { map: whole, seen: whole, fit: { objectFit, objectPosition } };
  const fits = Math.min(content.width / naturalWidth, content.height / naturalHeight);
  const scale = objectFit === "contain" ? fits : objectFit === "none" ? 1 : Math.min(1, fits);
  const [width, height] = [naturalWidth * scale, naturalHeight * scale];
  const [across, down] = components(objectPosition);
  const map = {
    left: start(across, content.width - width),
    top: start(down, content.height - height),
    width,
    height,
  };
  return { map, seen: overlap(map, whole), fit: { objectFit: "fill", objectPosition: "0 0" } };
}

/** The two parts of a computed `object-position`, which may be sums: "calc(100% - 20px) 10px". */
function components(position: string): [string, string] {
  const [across = "50%", down = "50%"] = position.match(/calc\(.*?\)|\S+/g) ?? [];
  return [across, down];
}

/** Offset in pixels: a share of the free space plus a length. */
function start(component: string, free: number): number {
  let sum = 0;
  for (const [, sign, number, unit] of component.matchAll(/([-+]?)\s*([\d.]+(?:e[-+]?\d+)?)(%|px)/g)) {
    sum += (sign === "-" ? -1 : 1) * Number(number) * (unit === "%" ? free / 100 : 1);
  }
  return sum;
}

function overlap(a: Box, b: Box): Box {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  const width = Math.max(0, Math.min(a.left + a.width, b.left + b.width) - left);
  const height = Math.max(0, Math.min(a.top + a.height, b.top + b.height) - top);
  return { left, top, width, height };
}
