/** Regions of a photo: boxes and brush strokes, as masks of the whole photo. */
import type { Mask } from "../bias/mask.js";
import { itemAt } from "../platform/known.js";

/** Longest side of a mask, whatever the photo's: finer than any map, and small enough to keep thousands. */
const LONGEST = 256;

/** A box, as shares of the photo's sides, 0 to 1. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An empty mask for a photo of these sides. */
export function blankMask(width: number, height: number): Mask {
  const scale = LONGEST / Math.max(width, height);
  const sides = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  return { ...sides, data: new Uint8Array(sides.width * sides.height) };
}

/** Scales a mask, which may be as large as its photo, down to the usual size. */
export function shrunk(mask: Mask): Mask {
  if (Math.max(mask.width, mask.height) <= LONGEST) return mask;
  const { source } = mask;
  const { width, height, data } = blankMask(mask.width, mask.height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) / height) * mask.height) * mask.width;
    for (let x = 0; x < width; x++)
      data[y * width + x] = itemAt(mask.data, row + Math.floor(((x + 0.5) / width) * mask.width));
  }
  return { width, height, data, ...(source === undefined ? {} : { source }) };
}

/** The mask of a box. */
export function withBox({ width, height }: Mask, box: Box): Mask {
  const data = new Uint8Array(width * height);
  const [left, right] = [box.x * width, (box.x + box.width) * width].map(Math.round) as [number, number];
  const [top, bottom] = [box.y * height, (box.y + box.height) * height].map(Math.round) as [number, number];
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    data.fill(1, y * width + Math.max(0, left), y * width + Math.max(0, Math.min(width, right)));
  }
  return { width, height, data };
}

/**
 * Adds or removes a stroke of a round brush. Points are shares of the photo, the brush's size one of its
 * shorter side.
 */
export function withStroke(
  mask: Mask,
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  size: number,
  value: 0 | 1,
): Mask {
  const { width, height } = mask;
  const data = mask.data.slice();
  const radius = Math.max(0.5, (size * Math.min(width, height)) / 2);
  const [ax, ay, bx, by] = [from.x * width, from.y * height, to.x * width, to.y * height];
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  for (
    let y = Math.max(0, Math.floor(Math.min(ay, by) - radius));
    y < Math.min(height, Math.ceil(Math.max(ay, by) + radius));
    y++
  ) {
    for (
      let x = Math.max(0, Math.floor(Math.min(ax, bx) - radius));
      x < Math.min(width, Math.ceil(Math.max(ax, bx) + radius));
      x++
    ) {
      const [px, py] = [x + 0.5, y + 0.5];
      const along =
        length === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length));
      if ((px - ax - along * (bx - ax)) ** 2 + (py - ay - along * (by - ay)) ** 2 <= radius ** 2)
        data[y * width + x] = value;
    }
  }
  return { width, height, data };
}

/** The bounding box of a region; undefined for an empty one. */
export function boxAround({ width, height, data }: Mask): Box | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + 1);
    bottom = Math.max(bottom, y + 1);
  }
  if (right === 0) return undefined;
  return { x: left / width, y: top / height, width: (right - left) / width, height: (bottom - top) / height };
}

/** The box between two points in any order, clipped to the photo. */
export function boxBetween(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
): Box {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  const [left, right] = [within(Math.min(a.x, b.x)), within(Math.max(a.x, b.x))];
  const [top, bottom] = [within(Math.min(a.y, b.y)), within(Math.max(a.y, b.y))];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Whether a mask has any pixel inside: a region without one is marked nowhere. */
export function isMarked({ data }: Mask): boolean {
  return data.includes(1);
}

/** Describes a region in words, for screen readers. */
export function areaWords(mask: Mask | undefined): string {
  const box = mask === undefined ? undefined : boxAround(mask);
  if (mask === undefined || box === undefined) return "nothing marked yet";
  const share = (value: number) => `${Math.round(100 * value)} %`;
  return `from ${share(box.x)} left and ${share(box.y)} down, ${share(box.width)} wide and ${share(box.height)} high`;
}
